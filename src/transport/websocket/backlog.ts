/** Something that was sent, for whoever is to hear if it never left. */
export interface Letter {
  /** The socket has ended, and not all of it had left this process. */
  lost(): void;
}

/** What a socket was sent while bytes were left that the other end's buffers had not taken, in the order in which it leaves. */
export class Backlog {
  /** Bytes since nothing was left, with the headers of frames. */
  #written = 0;
  readonly #letters: { readonly letter: Letter; readonly end: number }[] = [];
  /** Those before it have left. */
  #at = 0;

  /** A text was written behind all others. */
  add(text: string, letter: Letter | undefined): void {
    this.#written += frameBytes(Buffer.byteLength(text));
    if (letter !== undefined) this.#letters.push({ letter, end: this.#written });
  }

  /** A ping was. */
  addPing(mark: string): void {
    this.#written += frameBytes(Buffer.byteLength(mark));
  }

  /** So many bytes are left now. True: there are letters among them. */
  left(bytes: number): boolean {
    const gone = this.#written - bytes;
    while (this.#at < this.#letters.length && this.#letters[this.#at]!.end <= gone) this.#at++;
    return this.#at < this.#letters.length;
  }

  /** The socket has ended: what is left never leaves. */
  lost(): void {
    for (const { letter } of this.#letters.splice(this.#at)) letter.lost();
  }
}

/** Of a frame that a server sends (RFC 6455, 5.2), in bytes. */
function frameBytes(payload: number): number {
  return payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10);
}
