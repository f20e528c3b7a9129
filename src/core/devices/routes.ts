import type { Clock } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";
import { infoOfPresence, type DeviceName, type Target } from "./device.ts";
import type { Outside } from "./outside.ts";

/** Where a target that is not on this node may be found. */
export type Place = { readonly node: string } | { readonly outside: DeviceName };

/** How many places are remembered: those of the newest targets. */
const REMEMBERED = 20_000;

/**
 * How long a place is believed after the target was found there or took something there, in ms: it may have moved since,
 * and its former node be dead. And how long after it was looked up, whatever it takes: a socket that was replaced takes
 * what comes until its node has heard of that.
 */
const BELIEVE_MS = 1_000;
const BELIEVE_AT_MOST_MS = 3_000;

/** Which node holds a target; remembered, so that a steady stream of messages looks next to nothing up. */
export class Routes {
  readonly #presences: Presences;
  readonly #outside: Outside | null;
  readonly #node: string;
  /** The oldest first. */
  readonly #known = new Map<string, { readonly node: string; readonly foundAt: number; seenAt: number }>();
  readonly #clock: Clock;
  readonly #isLive: (node: string) => boolean;

  constructor(deps: {
    readonly presences: Presences;
    readonly outside: Outside | null;
    readonly clock: Clock;
    readonly node: string;
    isLive(node: string): boolean;
  }) {
    this.#clock = deps.clock;
    this.#isLive = (node) => deps.isLive(node);
    this.#presences = deps.presences;
    this.#outside = deps.outside;
    this.#node = deps.node;
  }

  /** The node that held the target a moment ago; null if that is not known, or the node is known to be dead. */
  known(target: Target): string | null {
    const found = this.#known.get(keyOf(target));
    if (found === undefined) return null;
    const now = this.#clock.now();
    const isFresh = now - found.seenAt < BELIEVE_MS && now - found.foundAt < BELIEVE_AT_MOST_MS;
    if (isFresh && this.#isLive(found.node)) return found.node;
    this.forget(target);
    return null;
  }

  /**
   * Looks the target up; null if it is nowhere but, perhaps, on this node.
   *
   * @throws {StoreUnavailable}
   */
  async look(target: Target): Promise<Place | null> {
    const { email, device } = target;
    const all = (await this.#presences.of([email])).get(email) ?? [];
    const found = all.find(({ member }) => member === device) ?? all.find(({ connection }) => connection === device);
    if (found !== undefined) {
      if (found.node === this.#node) return null;
      this.#remember(keyOf(target), found.node);
      return { node: found.node };
    }
    const theirs = (await this.#outside?.find(email, device)) ?? null;
    // What the store shows of our own devices is not theirs.
    if (theirs === null || all.map(infoOfPresence).some(({ socket }) => socket === theirs.socket)) return null;
    return { outside: { email: theirs.email, device: theirs.device } };
  }

  /** The target has taken what was sent to it there. */
  took(target: Target, node: string): void {
    const found = this.#known.get(keyOf(target));
    // A late answer says nothing of where it has been found since.
    if (found?.node === node) found.seenAt = this.#clock.now();
  }

  /** The target was not there. */
  forget(target: Target): void {
    this.#known.delete(keyOf(target));
  }

  #remember(key: string, node: string): void {
    const now = this.#clock.now();
    this.#known.delete(key);
    this.#known.set(key, { node, foundAt: now, seenAt: now });
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
  }
}

export function keyOf({ email, device }: Target): string {
  return `${email}\n${device}`;
}
