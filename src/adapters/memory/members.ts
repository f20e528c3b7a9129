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
  constructor({ group, member, connection, node, value, since }: Presence, lapsesAt: number) {
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

/**
 * The presences of a group. Most groups are a user with a device or two, and there are very many: a map for each would
 * take more memory than all that it holds.
 */
export class Members {
  #few: Kept[] = [];
  /** All of them, once there have been more than {@link FEW}. */
  #many: Map<string, Kept> | null = null;

  get size(): number {
    return this.#many?.size ?? this.#few.length;
  }

  get(member: string): Kept | undefined {
    return this.#many === null ? this.#few[this.#find(member)] : this.#many.get(member);
  }

  put(kept: Kept): void {
    const { member } = kept;
    const at = this.#many === null ? this.#find(member) : -1;
    if (this.#many !== null) this.#many.set(member, kept);
    else if (at >= 0) this.#few[at] = kept;
    else if (this.#few.length < FEW) this.#few.push(kept);
    else {
      this.#many = new Map([...this.#few, kept].map((one) => [one.member, one]));
      this.#few = [];
    }
  }

  delete(member: string): void {
    if (this.#many !== null) this.#many.delete(member);
    else this.#few = this.#few.filter((one) => one.member !== member);
  }

  /** As they stand when each is looked at. */
  all(): Iterable<Kept> {
    return this.#many === null ? this.#few : this.#many.values();
  }

  #find(member: string): number {
    return this.#few.findIndex((one) => one.member === member);
  }
}
