import type { Presences } from "../../ports/presences.ts";
import { infoOfPresence, type DeviceName, type Target } from "./device.ts";
import type { Outside } from "./outside.ts";

/** Where a target that is not on this node may be found. */
export type Place = { readonly node: string } | { readonly outside: DeviceName };

/** How many places are remembered: those of the newest targets. */
const REMEMBERED = 20_000;

/** Which node holds a target; remembered, so that a steady stream of messages looks nothing up. */
export class Routes {
  readonly #presences: Presences;
  readonly #outside: Outside | null;
  readonly #node: string;
  /** The oldest first. */
  readonly #known = new Map<string, string>();

  constructor(deps: { readonly presences: Presences; readonly outside: Outside | null; readonly node: string }) {
    this.#presences = deps.presences;
    this.#outside = deps.outside;
    this.#node = deps.node;
  }

  /** The node that held the target when it was last looked up or reached; null if that is not known. */
  known(target: Target): string | null {
    return this.#known.get(keyOf(target)) ?? null;
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

  /** The target was not there. */
  forget(target: Target): void {
    this.#known.delete(keyOf(target));
  }

  #remember(key: string, node: string): void {
    this.#known.delete(key);
    this.#known.set(key, node);
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
  }
}

export function keyOf({ email, device }: Target): string {
  return `${email}\n${device}`;
}
