import type { Clock } from "../../ports/clock.ts";
import type { HostFilter, HostMetrics, HostRecord, HostRecords, HostRegistration } from "../../ports/host-records.ts";
import { DomainError } from "../errors/errors.ts";
import { isName, say } from "./names.ts";
import { qualityScore } from "./quality-score.ts";

/** Hosts that one step of a sweep takes at most, so that no step takes long. */
const SWEEP_STEP = 500;

export interface HostsOptions {
  readonly records: HostRecords;
  readonly clock: Clock;
  /** How long a host may be silent before it is OFFLINE, in ms. */
  readonly silenceMs: number;
}

/** The hosts that can run zones for players. */
export class Hosts {
  readonly #records: HostRecords;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  /** When this node began to listen: before it, hosts had nobody to talk to. */
  readonly #since: number;

  constructor({ records, clock, silenceMs }: HostsOptions) {
    this.#records = records;
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#since = clock.now();
  }

  /**
   * Registers a host, or writes over the one with the same hostId and brings it back. Maintenance stays.
   *
   * @throws {DomainError} below_current
   */
  register(registration: HostRegistration): Promise<HostRecord> {
    const score = (host: HostRegistration & HostMetrics, before: HostRecord | null): number => {
      if (before !== null) checkRoom(registration, before);
      return qualityScore(host);
    };
    return this.#records.register(registration, score, this.#clock.now());
  }

  /**
   * Takes what a host measured and brings it back if it was OFFLINE. What it leaves out stays as it was.
   *
   * @throws {DomainError} host_not_found, above_maximum
   */
  async beat(hostId: string, metrics: Partial<HostMetrics>): Promise<HostRecord> {
    const score = (host: HostRegistration & HostMetrics): number => {
      if (host.currentPlayers > host.maxPlayers) {
        throw new DomainError("above_maximum", `current_players: must be at most max_players, ${host.maxPlayers}`);
      }
      return qualityScore(host);
    };
    const beat = isName(hostId) ? this.#records.beat(hostId, metrics, score, this.#clock.now()) : null;
    return found(hostId, await beat);
  }

  /**
   * Keeps new sessions away from a host, or lets them come again. Those it has go on.
   *
   * @throws {DomainError} host_not_found
   */
  async setMaintenance(hostId: string, on: boolean): Promise<HostRecord> {
    return found(hostId, isName(hostId) ? await this.#records.setMaintenance(hostId, on) : null);
  }

  /**
   * Forgets a host; its open sessions end.
   *
   * @throws {DomainError} host_not_found
   */
  async unregister(hostId: string): Promise<void> {
    const removed = isName(hostId) && (await this.#records.remove(hostId, this.#clock.now()));
    if (!removed) throw unknown(hostId);
  }

  /** @throws {DomainError} host_not_found */
  async get(hostId: string): Promise<HostRecord> {
    return found(hostId, isName(hostId) ? await this.#records.find(hostId) : null);
  }

  /** Best first. */
  list(filter: HostFilter): Promise<readonly HostRecord[]> {
    return this.#records.list(filter);
  }

  /** Hosts not heard of since then (in ms) count as silent. */
  silentSince(): number {
    return this.#clock.now() - this.#silenceMs;
  }

  /**
   * Makes silent hosts OFFLINE and their open sessions FAILED. Any node may do it at any time. A node that has just
   * started lets hosts find it first: while nobody listened, nobody can have been heard.
   *
   * @returns how many hosts
   */
  async sweep(): Promise<number> {
    if (this.#since > this.silentSince()) return 0;
    let hosts = 0;
    for (;;) {
      const step = await this.#records.endSilent(this.silentSince(), this.#clock.now(), SWEEP_STEP);
      hosts += step;
      if (step < SWEEP_STEP) return hosts;
    }
  }
}

function found(hostId: string, host: HostRecord | null): HostRecord {
  if (host === null) throw unknown(hostId);
  return host;
}

function unknown(hostId: string): DomainError {
  return new DomainError("host_not_found", `Host not found: ${say(hostId)}`);
}

/** A host cannot shrink below what it runs. */
function checkRoom({ maxPlayers, maxZones }: HostRegistration, { currentPlayers, currentZones }: HostRecord): void {
  if (maxPlayers < currentPlayers) {
    throw new DomainError("below_current", `max_players: must be at least current_players, ${currentPlayers}`);
  }
  if (maxZones < currentZones) {
    throw new DomainError("below_current", `max_zones: must be at least current_zones, ${currentZones}`);
  }
}
