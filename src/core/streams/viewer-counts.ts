import type { Clock, Timer } from "../../ports/clock.ts";
import type { Presence, Presences } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Membership } from "../cluster/membership.ts";

/** How long a node's count is believed, and how often it is told again, in ms. */
const COUNT_MS = 15_000;
const TELL_MS = 5_000;

/** How long what other nodes have told is not asked for again, in ms, and of how many matches it is remembered. */
const READ_MS = 1_000;
const MAX_READ = 10_000;

export interface ViewerCountsOptions {
  readonly presences: Presences;
  readonly membership: Pick<Membership, "node" | "isLive">;
  readonly clock: Clock;
  failed(error: unknown): void;
}

/** How many watch each match: every node tells how many it has. */
export class ViewerCounts {
  readonly #options: ViewerCountsOptions;
  readonly #counts = new Map<string, number>();
  /** Whose count the store has not been told, and whether somebody is at it. */
  readonly #untold = new Set<string>();
  /** What the store last said, the oldest first. */
  readonly #read = new Map<string, { readonly at: number; readonly nodes: Promise<readonly Presence[]> }>();
  #isTelling = false;
  #timer: Timer | null = null;

  constructor(options: ViewerCountsOptions) {
    this.#options = options;
  }

  /** This node has so many. */
  set(id: string, count: number): void {
    if (count === 0) this.#counts.delete(id);
    else this.#counts.set(id, count);
    this.#untold.add(id);
    // Who is shown the new count has waited for the store, so that others mostly know of it by then.
    this.#read.delete(id);
    this.#timer ??= this.#options.clock.every(TELL_MS, () => this.#tellAgain());
    void this.#tell();
  }

  /** All nodes together, the others as they were a second ago at most; while the store is away, this one. */
  async total(id: string): Promise<number> {
    const { membership, failed } = this.#options;
    const here = (): number => this.#counts.get(id) ?? 0;
    try {
      const nodes = await this.#nodesOf(id);
      const others = nodes.filter(({ node }) => node !== membership.node && membership.isLive(node));
      return others.reduce((sum, { value }) => sum + Number(value), here());
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
      return here();
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Everybody who watches asks every few seconds. */
  #nodesOf(id: string): Promise<readonly Presence[]> {
    const now = this.#options.clock.now();
    for (const [one, { at }] of this.#read) {
      if (at > now - READ_MS && this.#read.size <= MAX_READ) break;
      this.#read.delete(one);
    }
    const known = this.#read.get(id);
    if (known !== undefined) return known.nodes;
    const nodes = this.#options.presences.of([id]).then((found) => found.get(id) ?? []);
    this.#read.set(id, { at: now, nodes });
    nodes.catch(() => this.#read.delete(id));
    return nodes;
  }

  #tellAgain(): void {
    for (const id of this.#counts.keys()) this.#untold.add(id);
    if (this.#untold.size > 0) void this.#tell();
    else {
      this.#timer?.cancel();
      this.#timer = null;
    }
  }

  /** One at a time, the newest count each; what fails is told again by the timer. */
  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (const id of this.#untold) {
        await this.#tellOf(id);
      }
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#isTelling = false;
    }
  }

  async #tellOf(id: string): Promise<void> {
    const { presences, membership } = this.#options;
    const { node } = membership;
    this.#untold.delete(id);
    const count = this.#counts.get(id) ?? 0;
    try {
      if (count === 0) await presences.leave(id, node, node);
      else await presences.enter({ group: id, member: node, connection: node, node, value: `${count}` }, COUNT_MS);
    } catch (error) {
      this.#untold.add(id);
      throw error;
    }
  }
}
