import type { Clock } from "../../../ports/clock.ts";
import type { Presence } from "../../../ports/presences.ts";
import type { RedisCalls } from "../calls.ts";
import { note } from "./note.ts";

/** What names one connection of a member. */
export type Entry = Pick<Presence, "group" | "member" | "connection">;

/** How much longer an entry lives than its presence, in ms: their masters' clocks may differ. */
const LONGER_MS = 60_000;

/** Entries written by one script, and read by one scan. */
const PAGE = 500;

/**
 * Which presences a node holds, in a slot of its own. An entry is written before its presence and taken out after it,
 * so that no presence is ever without one; one that is left over points to nothing, and ends by itself.
 */
export class NodeIndex {
  readonly #calls: RedisCalls;
  readonly #kind: string;
  readonly #clock: Clock | undefined;

  constructor(calls: RedisCalls, kind: string, clock: Clock | undefined) {
    this.#calls = calls;
    this.#kind = kind;
    this.#clock = clock;
  }

  async add(node: string, entries: readonly Entry[], ttlMs: number): Promise<void> {
    for (let at = 0; at < entries.length; at += PAGE) {
      const page = entries.slice(at, at + PAGE).map(write);
      const args = [this.#clock?.now() ?? 0, ttlMs + LONGER_MS, ...page];
      await this.#calls.script(note, [this.#key(node)], args);
    }
  }

  /** Nobody waits for it: what it leaves behind is harmless. */
  drop(node: string, entry: Entry): void {
    const key = this.#key(node);
    this.#calls.command(() => this.#calls.redis.zrem(key, write(entry))).catch(() => undefined);
  }

  /** Those there from the beginning to the end come at least once. */
  async *pages(node: string): AsyncIterable<readonly Entry[]> {
    const key = this.#key(node);
    let cursor = "0";
    do {
      const from = cursor;
      const [next, found] = await this.#calls.command(() => this.#calls.redis.zscan(key, from, "COUNT", PAGE));
      yield found.filter((_, at) => at % 2 === 0).map(read);
      cursor = next;
    } while (cursor !== "0");
  }

  #key(node: string): string {
    return `rendezvous:{presence-node:${this.#kind}:${node}}`;
  }
}

function write({ group, member, connection }: Entry): string {
  return JSON.stringify([group, member, connection]);
}

function read(text: string): Entry {
  const [group, member, connection] = JSON.parse(text) as [string, string, string];
  return { group, member, connection };
}
