/** How many of a group are kept in a list; looking through it takes no longer than a map does. */
const FEW = 8;

/** In the order they came. */
type Group<Member> = Member[] | Map<string, Member>;

/**
 * Members by group and by their own key, for groups of which there are very many and that nearly always have one or two
 * members, such as a user's devices. A group is a bare list until it has more than {@link FEW}: a `Map` of the runtime
 * takes 700 bytes before it holds anything. There is no object around the list, either: one would be as large as most
 * garbage is, and one that lives keeps the whole block that it shares with that.
 */
export class Groups<Member> {
  readonly #groups = new Map<string, Group<Member>>();
  readonly #keyOf: (member: Member) => string;

  constructor(keyOf: (member: Member) => string) {
    this.#keyOf = keyOf;
  }

  /** How many groups have somebody in them. */
  get count(): number {
    return this.#groups.size;
  }

  get(name: string, key: string): Member | undefined {
    const group = this.#groups.get(name);
    if (group === undefined) return undefined;
    return Array.isArray(group) ? group[this.#find(group, key)] : group.get(key);
  }

  /** As they stand now. */
  of(name: string): readonly Member[] {
    const group = this.#groups.get(name);
    return group === undefined ? [] : [...group.values()];
  }

  /** Takes the place of the member with that key; a new one is the last of its group. */
  put(name: string, member: Member): void {
    const group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, [member]);
    else if (!Array.isArray(group)) group.set(this.#keyOf(member), member);
    else {
      const at = this.#find(group, this.#keyOf(member));
      if (at >= 0) group[at] = member;
      else if (group.length < FEW) group.push(member);
      else this.#groups.set(name, new Map([...group, member].map((one) => [this.#keyOf(one), one])));
    }
  }

  /** False if there was none. */
  delete(name: string, key: string): boolean {
    const group = this.#groups.get(name);
    if (group === undefined || !this.#remove(group, key)) return false;
    if (sizeOf(group) === 0) this.#groups.delete(name);
    return true;
  }

  /** Puts a group behind all others. */
  toEnd(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    this.#groups.delete(name);
    this.#groups.set(name, group);
  }

  /** The group that came first, or was put behind the others first. */
  first(): string | undefined {
    return this.#groups.keys().next().value;
  }

  /** Removes all of a group. How many those were. */
  drop(name: string): number {
    const group = this.#groups.get(name);
    this.#groups.delete(name);
    return group === undefined ? 0 : sizeOf(group);
  }

  #remove(group: Group<Member>, key: string): boolean {
    if (!Array.isArray(group)) return group.delete(key);
    const at = this.#find(group, key);
    if (at >= 0) group.splice(at, 1);
    return at >= 0;
  }

  #find(group: readonly Member[], key: string): number {
    for (let at = 0; at < group.length; at++) if (this.#keyOf(group[at]!) === key) return at;
    return -1;
  }
}

function sizeOf(group: Group<unknown>): number {
  return Array.isArray(group) ? group.length : group.size;
}
