/** Who counts as matched for the partner it has, by socket. */
export class Paired {
  readonly #hold: (subject: string) => () => void;
  readonly #releases = new Map<string, () => void>();

  constructor(hold: (subject: string) => () => void) {
    this.#hold = hold;
  }

  /** The socket has a partner. Null: nobody was asked who it is. */
  began(id: string, subject: string | null): void {
    if (subject === null) return;
    this.ended(id);
    this.#releases.set(id, this.#hold(subject));
  }

  /** It has none. */
  ended(id: string): void {
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }
}
