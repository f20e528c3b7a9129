import type { Clock } from "../../ports/clock.ts";
import type {
  Beat,
  HostFilter,
  HostMetrics,
  HostRecord,
  HostRecords,
  HostRegistration,
  HostSummary,
} from "../../ports/host-records.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { DomainError } from "../errors/errors.ts";
import { isName, say } from "./names.ts";
import { qualityScore } from "./quality-score.ts";

/** Hosts that one step of a sweep takes at most, so that no step takes long. */
const SWEEP_STEP = 500;

/** Nobody has been silent since before all time: a sweep that only asks whether the store is there. */
const NEVER = -1;

export interface HostsOptions {
  readonly records: HostRecords;
  readonly clock: Clock;
  /** How long a host may be silent before it is OFFLINE, in ms. */
  readonly silenceMs: number;
  /** Open sessions ended with their hosts; their public ids. */
  readonly onEnded?: (publicIds: readonly string[]) => void;
}

/** The hosts that can run zones for players. */
export class Hosts {
  readonly #records: HostRecords;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #onEnded: HostsOptions["onEnded"];
  /** When this node began to listen, or to hear again: before it, hosts had nobody to talk to. */
  #since: number;

  constructor({ records, clock, silenceMs, onEnded }: HostsOptions) {
    this.#records = records;
    this.#onEnded = onEnded;
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
   * @returns its new score
   * @throws {DomainError} host_not_found
   */
  async beat(hostId: string, metrics: Beat): Promise<number> {
    if (!isName(hostId)) throw unknown(hostId);
    const score = await this.#heard(this.#records.beat(hostId, metrics, qualityScore, this.#clock.now()));
    if (score === null) throw unknown(hostId);
    return score;
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
    const ended = isName(hostId) ? await this.#records.remove(hostId, this.#clock.now()) : null;
    if (ended === null) throw unknown(hostId);
    this.#onEnded?.(ended);
  }

  /** @throws {DomainError} host_not_found */
  async get(hostId: string): Promise<HostRecord> {
    return found(hostId, isName(hostId) ? await this.#records.find(hostId) : null);
  }

  /** Best first. */
  list(filter: HostFilter): Promise<readonly HostRecord[]> {
    return this.#records.list(filter);
  }

  /** The same, with no more of each than a list shows. */
  summaries(filter: HostFilter): Promise<readonly HostSummary[]> {
    return this.#records.summaries(filter);
  }

  /** Hosts not heard of since then (in ms) count as silent. */
  silentSince(): number {
    return this.#clock.now() - this.#silenceMs;
  }

  /** False while this node has not listened long enough to know who is silent. */
  hasListened(): boolean {
    return this.#since <= this.silentSince();
  }

  /**
   * Makes silent hosts OFFLINE and their open sessions FAILED. Any node may do it at any time. A node that has just
   * started, or had no store to write to, lets hosts find it first: while nobody listened, nobody can have been heard.
   *
   * @returns how many hosts
   */
  async sweep(): Promise<number> {
    if (!this.hasListened()) {
      // As long as it waits it must know that it could hear them.
      await this.#heard(this.#records.endSilent(NEVER, this.#clock.now(), 1));
      return 0;
    }
    let hosts = 0;
    for (;;) {
      const step = await this.#heard(this.#records.endSilent(this.silentSince(), this.#clock.now(), SWEEP_STEP));
      this.#onEnded?.(step.sessions);
      hosts += step.hosts;
      if (step.hosts < SWEEP_STEP) return hosts;
    }
  }

  /** Starts listening anew when the store was away: what hosts said meanwhile was lost, and is not their silence. */
  async #heard<Result>(step: Promise<Result>): Promise<Result> {
    try {
      return await step;
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#since = this.#clock.now();
      throw error;
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

/** A host cannot shrink below what it runs; one that says the same again does not shrink. */
function checkRoom({ maxPlayers, maxZones }: HostRegistration, before: HostRecord): void {
  const { status, currentPlayers, currentZones } = before;
  // What a host reported before it fell silent says nothing of the one that starts anew.
  if (status !== "OFFLINE" && maxPlayers < before.maxPlayers && maxPlayers < currentPlayers) {
    throw new DomainError("below_current", `max_players: must be at least current_players, ${currentPlayers}`);
  }
  if (maxZones < currentZones) {
    throw new DomainError("below_current", `max_zones: must be at least current_zones, ${currentZones}`);
  }
}
