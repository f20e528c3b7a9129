/** What news said of one contact. */
interface Turn {
  readonly are: boolean;
  /** Of two the later has the greater. */
  readonly order: number;
  /** The how manieth change of the circle it was. */
  readonly number: number;
  /** When it was heard, in ms. */
  readonly at: number;
}

/**
 * What became of one user's contacts of late: it counts more than what was read before it was heard. It is remembered
 * for a while after, so that news which comes late does not take back what came of a later change.
 */
export class ContactTurns {
  readonly #turns = new Map<string, Turn>();

  /** False if this one is known already. One that is older than what is known says nothing, but that something happened. */
  take(other: string, turn: Turn): boolean {
    const known = this.#turns.get(other);
    if (known === undefined || known.order < turn.order) this.#turns.set(other, turn);
    return known?.order !== turn.order;
  }

  /** These contacts with all that was heard after the first `changes`; the same set if that makes no difference. */
  over(contacts: ReadonlySet<string>, changes: number): ReadonlySet<string> {
    let changed: Set<string> | null = null;
    for (const [other, { are, number }] of this.#turns) {
      if (number <= changes || (changed ?? contacts).has(other) === are) continue;
      changed ??= new Set(contacts);
      if (are) changed.add(other);
      else changed.delete(other);
    }
    return changed ?? contacts;
  }

  /** Forgets those of the first `changes` that were heard by then. True if none is left. */
  forget(changes: number, by: number): boolean {
    for (const [other, { number, at }] of this.#turns) {
      if (number <= changes && at <= by) this.#turns.delete(other);
    }
    return this.#turns.size === 0;
  }
}
