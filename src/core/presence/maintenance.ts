import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";

/** How long the store remembers without being told again, how often it is told, and how often it is asked, in ms. */
const KEEP_MS = 10 * 60_000;
const TELL_MS = 60_000;
const LOOK_MS = 5_000;

const GROUP = "host-pool";

export interface MaintenanceDeps {
  readonly presences: Presences;
  readonly node: string;
  readonly clock: Clock;
  failed(error: unknown): void;
}

/**
 * Hosts of the pool that an operator keeps from being found. Each node knows them by heart, because every find asks. The
 * store tells a node that starts; what is set while it runs it hears by {@link Maintenance.hear}, or at its next look.
 */
export class Maintenance {
  readonly #deps: MaintenanceDeps;
  #hosts = new Set<string>();
  /** How often something was set, so that an answer that is older does not undo it. */
  #changes = 0;
  #toldAt = 0;
  #timer: Timer | null = null;

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps;
  }

  has(host: string): boolean {
    // Mostly there are none, and nobody need look at the name of a host that no cache has.
    return this.#hosts.size > 0 && this.#hosts.has(host);
  }

  start(): void {
    const { clock, failed } = this.#deps;
    const look = (): void => void this.#look().catch(failed);
    look();
    this.#timer = clock.every(LOOK_MS, look);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Tells the store, and this node; the other nodes have still to hear it. @throws {StoreUnavailable} */
  async set(host: string, on: boolean): Promise<void> {
    const { presences, node } = this.#deps;
    const presence = { group: GROUP, member: host, connection: host, node, value: "" };
    if (on) await presences.enter(presence, KEEP_MS);
    else await presences.leave(GROUP, host, host);
    this.hear(host, on);
  }

  /** The store has been told by another node. */
  hear(host: string, on: boolean): void {
    this.#changes++;
    if (on) this.#hosts.add(host);
    else this.#hosts.delete(host);
  }

  async #look(): Promise<void> {
    const { presences, clock } = this.#deps;
    const before = this.#changes;
    try {
      const found = (await presences.of([GROUP])).get(GROUP) ?? [];
      if (before === this.#changes) this.#hosts = new Set(found.map(({ member }) => member));
      if (found.length === 0 || clock.now() - this.#toldAt < TELL_MS) return;
      this.#toldAt = clock.now();
      await presences.prolong(found, KEEP_MS);
    } catch (error) {
      // What this node knows by heart stands until the store is back.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
