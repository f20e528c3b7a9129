import type { Clock } from "../../ports/clock.ts";
import type { LeaseCounts, Leases, LeaseState } from "../../ports/leases.ts";
import type { Random } from "../../ports/random.ts";
import { DomainError } from "../errors/errors.ts";
import { carry, hostOf, type Host } from "./host.ts";
import type { ForeignHost, HostMirror } from "./host-mirror.ts";

/** What a host says when it beats. */
export interface Beat {
  readonly id: string;
  readonly room: string;
  readonly region: string;
  readonly publicIp: string;
  readonly info: unknown;
  /** Left out: idle if new, else unchanged. */
  readonly state?: "idle" | "busy" | undefined;
}

export interface HostPoolOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a host lives without a beat, in ms. */
  readonly leaseMs: number;
  /** How long a found host waits for its client, in ms. */
  readonly allocationMs: number;
  readonly mirror?: HostMirror | undefined;
  /** Called after a host that was not there has registered. */
  readonly onRegistered?: (host: Host) => void;
}

/** How many claimed hosts a find may have to put back before it gives up: their records say they are not free. */
const MAX_REFUSED = 100;

/**
 * The hosts that can be found. Races are decided by the leases: `claim` alone gives a host away, and every other verb
 * acts on the lease in one step.
 */
export class HostPool {
  readonly #options: HostPoolOptions;
  #draining = false;
  #found = 0;
  #missed = 0;
  #beats = 0;

  constructor(options: HostPoolOptions) {
    this.#options = options;
  }

  /** Registers a host or prolongs its lease. */
  async beat(beat: Beat): Promise<Host> {
    const { leases, clock, leaseMs, mirror } = this.#options;
    this.#beats++;
    const carried = { publicIp: beat.publicIp, info: beat.info, beatAt: clock.now(), foreign: false };
    const renewal = {
      id: beat.id,
      group: beat.region,
      alias: beat.room,
      value: carry(carried),
      ttlMs: leaseMs,
      ...(beat.state === undefined ? {} : { state: beat.state }),
    };
    const asHost = (state: LeaseState): Host => ({
      ...carried,
      id: beat.id,
      room: beat.room,
      region: beat.region,
      state,
    });
    if (mirror === undefined) {
      const { lease, created } = await leases.renew(renewal);
      if (created) this.#options.onRegistered?.(asHost(lease.state));
      return asHost(lease.state);
    }
    // A find confirms with the mirror, so a new host may only be claimed once the mirror shows it.
    const { lease, created } = await leases.renew({ ...renewal, begin: "busy" });
    if (!created) {
      await mirror.beat(asHost(lease.state), leaseMs);
      return asHost(lease.state);
    }
    const state = beat.state ?? "idle";
    await mirror.beat(asHost(state), leaseMs);
    await leases.renew({ ...renewal, state });
    this.#options.onRegistered?.(asHost(state));
    return asHost(state);
  }

  /**
   * Sets what a host says of itself between beats: busy stands until idle is said, its room empties or its lease ends;
   * idle clears everything, an allocation included.
   *
   * @throws {DomainError} host_not_found
   */
  async setState(id: string, state: "idle" | "busy"): Promise<void> {
    const { leases } = this.#options;
    const lease = state === "busy" ? await leases.occupy(id) : await leases.free(id, "any");
    if (lease === null) throw new DomainError("host_not_found", `Host not found: ${id}`);
    await this.#options.mirror?.changed(hostOf(lease));
  }

  /**
   * Takes a host out of the pool at once.
   *
   * @throws {DomainError} host_not_found
   */
  async leave(id: string): Promise<void> {
    if (!(await this.#options.leases.end(id))) throw new DomainError("host_not_found", `Host not found: ${id}`);
    await this.#options.mirror?.left(id);
  }

  /**
   * Allocates an idle host, of `region` if one is given. The allocation ends when the host turns busy, or lapses.
   *
   * @throws {DomainError} no_host_available, draining
   */
  async find(region?: string): Promise<Host> {
    if (this.#draining) throw new DomainError("draining");
    const { leases, random, allocationMs, mirror } = this.#options;
    const wanted = { ...(region === undefined ? {} : { group: region }), forMs: allocationMs };
    for (let refused = 0; refused < MAX_REFUSED; refused++) {
      const lease = await leases.claim({ ...wanted, pick: random.unit() });
      if (lease === null) break;
      const claimed = hostOf(lease);
      const host = mirror === undefined ? claimed : await mirror.confirm(claimed, lease.lapsed);
      if (host !== null && (region === undefined || host.region === region)) {
        this.#found++;
        await mirror?.changed(host);
        return host;
      }
      await leases.release(lease.id, lease.epoch, "withhold");
    }
    this.#missed++;
    throw new DomainError("no_host_available");
  }

  /** Takes over what another program wrote of a host, as if it were a beat. `ttlMs`: what its record has left. */
  async adopt(host: ForeignHost, ttlMs: number): Promise<void> {
    await this.#options.leases.renew({
      id: host.id,
      group: host.region,
      alias: host.room,
      value: carry({ ...host, foreign: true }),
      ttlMs,
      // Allocated by somebody: whether that is us, our own lease knows; a host new to us was allocated by the others.
      ...(host.state === "allocated" ? { begin: "busy" } : { state: host.state }),
    });
  }

  /** Those of the ids that this pool does not know. */
  unknown(ids: readonly string[]): Promise<readonly string[]> {
    return this.#options.leases.missing(ids);
  }

  /**
   * Makes the host that waits in `room` busy or, if that had made it busy, idle again. Null if no host waits there.
   */
  async occupyRoom(room: string, occupied: boolean): Promise<Host | null> {
    const { leases, mirror } = this.#options;
    const waiting = await leases.find({ alias: room });
    if (waiting === null) return null;
    const lease = occupied ? await leases.occupy(waiting.id) : await leases.free(waiting.id, "firm");
    if (lease === null) return null;
    const host = hostOf(lease);
    await mirror?.changed(host);
    return host;
  }

  counts(): Promise<LeaseCounts> {
    return this.#options.leases.counts();
  }

  /** Totals since the process began. */
  totals(): { readonly beats: number; readonly found: number; readonly missed: number } {
    return { beats: this.#beats, found: this.#found, missed: this.#missed };
  }

  /** From now on finds are refused; beats and leaves go on. */
  drain(): void {
    this.#draining = true;
  }
}
