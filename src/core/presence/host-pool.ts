import type { Clock } from "../../ports/clock.ts";
import type { Lease, LeaseCounts, Leases, Renewal, Renewed } from "../../ports/leases.ts";
import type { Random } from "../../ports/random.ts";
import { DomainError } from "../errors/errors.ts";
import { carry, hostOf, type Host } from "./host.ts";
import type { Journal } from "../journal/journal.ts";
import type { ForeignHost, HostMirror } from "./host-mirror.ts";
import type { RoomArrivals } from "./room-arrivals.ts";

/** What a host says when it beats. */
export interface Beat {
  readonly id: string;
  readonly room: string;
  readonly region: string;
  readonly publicIp: string;
  readonly info: unknown;
  /** Left out: idle if new, else unchanged. */
  readonly state?: "idle" | "busy" | undefined;
  /** True: it may not name a room in which another host waits. */
  readonly exclusive?: boolean | undefined;
  /** Who beats, by the subject of its token; null where nobody is asked. */
  readonly subject?: string | null;
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
  /**
   * Told of the room of a host that is new before it can be found, where there is a mirror: whoever runs that room makes the
   * host busy if a session goes on there.
   */
  readonly arrivals?: RoomArrivals | undefined;
  /** Called after a host has come into a room: it is new, or its beat named another one. */
  readonly onArrived?: (host: Host) => void;
  /** True for a host that an operator keeps from being found. */
  readonly isInMaintenance?: (id: string) => boolean;
  readonly journal?: Journal;
}

/** How many claimed hosts a find may have to put back before it gives up: their records say they are not free. */
const MAX_REFUSED = 100;

/** The same of hosts in maintenance: each is kept from claims until its next beat. */
const MAX_KEPT_BACK = 1_000;

/** How long to wait before a host that nobody got is given back again, in ms. */
const GIVE_BACK_AGAIN_MS = 1_000;

/**
 * The hosts that can be found. Races are decided by the leases: `claim` alone gives a host away, and every other verb
 * acts on the lease in one step.
 */
export class HostPool {
  readonly #options: HostPoolOptions;
  readonly #howFound: string;
  #draining = false;
  #found = 0;
  #missed = 0;
  #putBack = 0;
  #beats = 0;

  constructor(options: HostPoolOptions) {
    this.#options = options;
    this.#howFound = `allocated for ${options.allocationMs / 1000} s`;
  }

  /**
   * Registers a host or prolongs its lease. A room is that of the first host that waits there: of others that name it,
   * those that are exclusive are refused, and the rest can be found without it being theirs. Where no store is asked it
   * is done at once, for nothing comes more often; what fails is a promise all the same.
   *
   * @throws {DomainError} room_taken
   */
  beat(beat: Beat): void | Promise<void> {
    const { leases, clock, leaseMs, mirror } = this.#options;
    const { id, region, room, state } = beat;
    this.#beats++;
    const now = clock.now();
    const value = carry({
      publicIp: beat.publicIp,
      info: beat.info,
      beatAt: now,
      foreign: false,
      subject: beat.subject ?? undefined,
    });
    if (mirror === undefined && leases.prolong?.(id, region, room, value, leaseMs, state, now) === true) return;
    const { exclusive } = beat;
    const renewal = { id, group: region, alias: room, value, ttlMs: leaseMs, state, exclusive };
    if (mirror !== undefined) return this.#beatAndShow(renewal, mirror);
    const renewed = leases.renew(renewal);
    if (renewed instanceof Promise) return renewed.then((first) => this.#beaten(held(first)));
    return renewed === null ? Promise.reject(new DomainError("room_taken")) : this.#beaten(renewed);
  }

  async #beatAndShow(renewal: Renewal, mirror: HostMirror): Promise<void> {
    const { leases, leaseMs, arrivals } = this.#options;
    // A find confirms with the mirror, so a new host may only be claimed once the mirror shows it.
    const first = held(await leases.renew({ ...renewal, begin: "withheld" }));
    // As it was given: the store hands back its text, which would have to be read again to be shown.
    const { value } = renewal;
    if (!first.created) {
      await mirror.beat(hostOf({ ...first.lease, value }), leaseMs);
      return this.#beaten(first);
    }
    const state = first.lease.state === "allocated" ? "allocated" : (renewal.state ?? "idle");
    const { alias: room } = renewal;
    const [whom] = await Promise.all([
      first.moved ? arrivals?.whom(room) : null,
      mirror.beat(hostOf({ ...first.lease, value, state }), leaseMs),
    ]);
    // Only what comes into the room from now on is sure to meet the lease; who is in it already, its node knows.
    if (whom) await arrivals?.tell(whom, room);
    return this.#beaten({ ...first, lease: held(await leases.renew(renewal)).lease });
  }

  #beaten(renewed: Renewed): void {
    const { created, moved } = renewed;
    // Nearly all beats say what was known.
    if (!created && !moved) return;
    const host = hostOf(renewed.lease);
    if (created) this.#note(host.id, "registered", `region ${host.region}`);
    if (moved) this.#options.onArrived?.(host);
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
    if ((await this.#changed(lease)) === null) throw new DomainError("host_not_found", `Host not found: ${id}`);
    this.#note(id, state, "its own word");
  }

  /**
   * Takes a host out of the pool at once.
   *
   * @throws {DomainError} host_not_found
   */
  async leave(id: string): Promise<void> {
    const revision = await this.#options.leases.end(id);
    if (revision === null) throw new DomainError("host_not_found", `Host not found: ${id}`);
    this.#note(id, "left");
    await this.#options.mirror?.left(id, revision);
  }

  /**
   * Allocates an idle host, of `region` if one is given. The allocation ends when the host turns busy, or lapses. Where
   * no store is asked it is done at once; what fails is a promise all the same.
   *
   * @throws {DomainError} no_host_available, draining
   */
  find(region?: string): Host | Promise<Host> {
    if (this.#draining) return Promise.reject(new DomainError("draining"));
    const { mirror, isInMaintenance } = this.#options;
    const claim = this.#claim(region);
    const isSettled = !(claim instanceof Promise) && claim !== null && mirror === undefined;
    if (isSettled && isInMaintenance?.(claim.id) !== true) return this.#given(hostOf(claim));
    return this.#search(region, claim);
  }

  #claim(region: string | undefined): ReturnType<Leases["claim"]> {
    const { leases, random, allocationMs } = this.#options;
    return leases.claim({ group: region, forMs: allocationMs, pick: random.unit() });
  }

  #given(host: Host): Host {
    this.#found++;
    this.#note(host.id, "found", this.#howFound);
    return host;
  }

  #note(id: string, what: string, detail?: string): void {
    this.#options.journal?.note("hosts", id, what, detail, null, "host-pool");
  }

  /** Goes on from a first claim until one stands. */
  async #search(region: string | undefined, first: ReturnType<Leases["claim"]>): Promise<Host> {
    const { leases, mirror, isInMaintenance } = this.#options;
    for (let claim = first, refused = 0, keptBack = 0; ; claim = this.#claim(region)) {
      const lease = claim instanceof Promise ? await claim : claim;
      if (lease === null) break;
      try {
        if (isInMaintenance?.(lease.id) === true) keptBack++;
        else {
          const claimed = hostOf(lease);
          const confirmed = mirror === undefined ? { host: claimed, isShown: true } : await mirror.confirm(claimed);
          if (confirmed !== null && (region === undefined || confirmed.host.region === region)) {
            const { host, isShown } = confirmed;
            if (!isShown) await mirror?.changed(host);
            return this.#given(host);
          }
          this.#putBack++;
          refused++;
        }
        await leases.release(lease.id, lease.epoch, "withhold");
      } catch (error) {
        this.#giveBack(lease, this.#options.clock.now() + this.#options.allocationMs);
        throw error;
      }
      if (refused >= MAX_REFUSED || keptBack >= MAX_KEPT_BACK) break;
    }
    this.#missed++;
    throw new DomainError("no_host_available");
  }

  /**
   * Whoever asked is told that it failed, so nobody will come for the host. Nobody waits for this either; it goes on until
   * the store has taken it, or the allocation is over. The epoch keeps one that comes late from ending another's.
   */
  #giveBack(lease: Lease, until: number): void {
    const { leases, clock } = this.#options;
    leases.release(lease.id, lease.epoch, "idle").catch(() => {
      if (clock.now() < until) clock.after(GIVE_BACK_AGAIN_MS, () => this.#giveBack(lease, until));
    });
  }

  /** Takes over what another program wrote of a host, as if it were a beat. `ttlMs`: what its record has left. */
  async adopt(host: ForeignHost, ttlMs: number): Promise<void> {
    const { publicIp, info, beatAt } = host;
    await this.#options.leases.renew({
      id: host.id,
      group: host.region,
      alias: host.room,
      value: carry({ publicIp, info, beatAt, foreign: true, subject: undefined }),
      ttlMs,
      // Allocated by somebody: whether that is us, our own lease knows; a host new to us was allocated by the others.
      ...(host.state === "allocated" ? { begin: "withheld" } : { state: host.state }),
    });
  }

  /** Those of the ids that this pool does not know. */
  unknown(ids: readonly string[]): Promise<readonly string[]> {
    return this.#options.leases.missing(ids);
  }

  /** The host that waits in `room`; null if none does. */
  async hostIn(room: string): Promise<string | null> {
    return (await this.#options.leases.find({ alias: room }))?.id ?? null;
  }

  /**
   * Makes the host that waits in `room` busy for `forMs` from now, unless this is said again. Null if no host waits
   * there.
   */
  async occupyRoom(room: string, forMs: number): Promise<Host | null> {
    const { leases } = this.#options;
    const waiting = await leases.find({ alias: room });
    return this.#changed(waiting && (await leases.occupy(waiting.id, forMs)));
  }

  /** A host's room has emptied: what made it busy between beats, a session or its own word, is over. Null if it is gone. */
  async roomEmptied(id: string): Promise<Host | null> {
    return this.#changed(await this.#options.leases.free(id, "held"));
  }

  async #changed(lease: Lease | null): Promise<Host | null> {
    if (lease === null) return null;
    const host = hostOf(lease);
    await this.#options.mirror?.changed(host);
    return host;
  }

  /** Brings records up to date of hosts that came free by themselves. For whoever sweeps: no request waits for it. */
  async showFreed(): Promise<void> {
    const { leases, mirror } = this.#options;
    if (mirror === undefined) return;
    const freed = (await leases.freed?.()) ?? [];
    await Promise.all(freed.map((lease) => mirror.freed(hostOf(lease))));
  }

  /** A host of the pool by its id; null if it is not there. */
  async get(id: string): Promise<Host | null> {
    const lease = await this.#options.leases.find({ id });
    return lease && hostOf(lease);
  }

  counts(): Promise<LeaseCounts> {
    return this.#options.leases.counts();
  }

  /** Totals since the process began. */
  totals(): { readonly beats: number; readonly found: number; readonly missed: number; readonly putBack: number } {
    return { beats: this.#beats, found: this.#found, missed: this.#missed, putBack: this.#putBack };
  }

  /** From now on finds are refused; beats and leaves go on. */
  drain(): void {
    this.#draining = true;
  }
}

function held(renewed: Renewed | null): Renewed {
  if (renewed === null) throw new DomainError("room_taken");
  return renewed;
}
