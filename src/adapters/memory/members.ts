import type { Presence } from "../../ports/presences.ts";

/** A presence, until it lapses: one object and not one in another, since there are very many. */
export class Kept implements Presence {
  readonly group: string;
  readonly member: string;
  readonly connection: string;
  readonly node: string;
  readonly value: string;
  readonly since: number;
  readonly #lapsesAt: number;

  /** `lapsesAt`: in ms. */
  constructor({ group, member, connection, node, value }: Omit<Presence, "since">, since: number, lapsesAt: number) {
    this.group = group;
    this.member = member;
    this.connection = connection;
    this.node = node;
    this.value = value;
    this.since = since;
    this.#lapsesAt = lapsesAt;
  }

  hasLapsed(now: number): boolean {
    return this.#lapsesAt <= now;
  }
}

/** How many are looked through one by one. */
const FEW = 8;

const nobody: readonly Kept[] = [];

/**
 * The presences of all groups. Most groups are a user with a device or two, and there are very many: a map for each would
 * take more memory than all that it holds, so that one with no more than {@link FEW} is a bare list, without an object
 * around it that would keep a block of garbage.
 */
export class Members {
  readonly #groups = new Map<string, Kept[] | Map<string, Kept>>();

  names(): Iterable<string> {
    return this.#groups.keys();
  }

  get(group: string, member: string): Kept | undefined {
    const all = this.#groups.get(group);
    return Array.isArray(all) ? all[find(all, member)] : all?.get(member);
  }

  put(kept: Kept): void {
    const { group, member } = kept;
    const all = this.#groups.get(group);
    if (all === undefined) this.#groups.set(group, [kept]);
    else if (!Array.isArray(all)) all.set(member, kept);
    else {
      const at = find(all, member);
      if (at >= 0) all[at] = kept;
      else if (all.length < FEW) all.push(kept);
      else this.#groups.set(group, new Map([...all, kept].map((one) => [one.member, one])));
    }
  }

  delete(group: string, member: string): void {
    const all = this.#groups.get(group);
    if (all === undefined) return;
    if (!Array.isArray(all)) {
      all.delete(member);
      if (all.size === 0) this.#groups.delete(group);
      return;
    }
    // A new list, since whoever goes through the old one meanwhile must not miss anybody.
    const rest = all.filter((one) => one.member !== member);
    if (rest.length === 0) this.#groups.delete(group);
    else this.#groups.set(group, rest);
  }

  of(group: string): Iterable<Kept> {
    return this.#groups.get(group)?.values() ?? nobody;
  }

  /** One after the other, as they stand when each is looked at. */
  *all(): Generator<Kept> {
    for (const some of this.#groups.values()) yield* some.values();
  }
}

function find(all: readonly Kept[], member: string): number {
  return all.findIndex((one) => one.member === member);
}
