import type { Homes } from "../../ports/homes.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { atOnce } from "../flow/at-once.ts";

/** How long a room's home stands without being renewed, and how often it is, in ms. */
export const HOME_TTL_MS = 30_000;
export const RENEW_MS = 10_000;

/** How many homes are settled again at once. */
const AT_ONCE = 256;

export interface RoomHomesDeps {
  readonly node: string;
  readonly homes: Homes;
  /** Nobody is in the room. */
  isEmpty(room: string): boolean;
  /** Another node runs this room now. */
  onLost(room: string): void;
  failed(error: unknown): void;
}

/**
 * Which node runs a room, and the rooms that this one runs.
 *
 * While the store is away nobody can settle anything, so this node keeps its rooms, and runs those it is asked for
 * whose home it cannot find out. `check` sets that right once the store is back: of two homes one ends.
 */
export class RoomHomes {
  readonly #deps: RoomHomesDeps;
  readonly #kept = new Set<string>();
  readonly #settling = new Map<string, Promise<string>>();
  readonly #releasing = new Map<string, Promise<void>>();
  #checking: Promise<void> | null = null;
  #isUnsettled = false;

  constructor(deps: RoomHomesDeps) {
    this.#deps = deps;
  }

  /** The store was away when a home was to be settled or renewed: a check is due. */
  get isUnsettled(): boolean {
    return this.#isUnsettled;
  }

  /** This node runs the room. */
  keeps(room: string): boolean {
    return this.#kept.has(room);
  }

  /** Those that this node runs. */
  rooms(): readonly string[] {
    return [...this.#kept];
  }

  /** The node that runs the room; nobody yet: this one does from now on. `insteadOf`: a node known to be dead. */
  locate(room: string, insteadOf?: string): Promise<string> {
    if (this.#kept.has(room)) return Promise.resolve(this.#deps.node);
    // All who ask at once share one answer, so that no answer is older than a release that came after it.
    const pending = this.#settling.get(room);
    if (pending !== undefined && insteadOf === undefined) return pending;
    const settling = this.#settle(room, insteadOf).finally(() => {
      if (this.#settling.get(room) === settling) this.#settling.delete(room);
    });
    this.#settling.set(room, settling);
    return settling;
  }

  async #settle(room: string, insteadOf?: string): Promise<string> {
    await this.#releasing.get(room);
    const { node, homes, failed } = this.#deps;
    try {
      const home = await homes.settle(room, node, HOME_TTL_MS, insteadOf);
      if (home === node) this.#kept.add(room);
      return home;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
      this.#isUnsettled = true;
      this.#kept.add(room);
      return node;
    }
  }

  /** The room is empty: whoever comes next may run it. */
  release(room: string): void {
    if (this.#kept.delete(room)) this.#giveUp(room);
  }

  #giveUp(room: string): void {
    const { node, homes, failed } = this.#deps;
    // A home that could not be given up ends by itself; until then it leads here, and this node takes it up again.
    const releasing = homes
      .release(room, node)
      .catch(failed)
      .finally(() => {
        if (this.#releasing.get(room) === releasing) this.#releasing.delete(room);
      });
    this.#releasing.set(room, releasing);
  }

  /** Gives all rooms up; resolves once the store knows. */
  async releaseAll(): Promise<void> {
    for (const room of [...this.#kept]) this.release(room);
    await Promise.all(this.#releasing.values());
  }

  /** Renews the homes, and ends the rooms that have another one by now. Without the store, nothing. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#check()
      .catch(this.#deps.failed)
      .finally(() => (this.#checking = null));
    return this.#checking;
  }

  async #check(): Promise<void> {
    const { isEmpty } = this.#deps;
    this.#isUnsettled = false;
    // Whoever asked for the room has gone before it came in.
    for (const room of [...this.#kept]) if (isEmpty(room)) this.release(room);
    try {
      await this.#renew();
    } catch (error) {
      this.#isUnsettled = true;
      throw error;
    }
  }

  async #renew(): Promise<void> {
    const { node, homes } = this.#deps;
    const missing = await homes.renew([...this.#kept], node, HOME_TTL_MS);
    await atOnce(missing, (room) => this.#resettle(room), AT_ONCE);
  }

  /** The store may have lost the home, or never have heard of it: then it is still for the taking. */
  async #resettle(room: string): Promise<void> {
    if (!this.#kept.has(room)) return;
    const { node, homes, onLost } = this.#deps;
    const home = await homes.settle(room, node, HOME_TTL_MS);
    if (home === node && !this.#kept.has(room)) this.#giveUp(room);
    if (home !== node && this.#kept.delete(room)) onLost(room);
  }
}
