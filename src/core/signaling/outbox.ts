/** What an outbox may hold. */
export interface OutboxBounds {
  readonly frames: number;
  readonly bytes: number;
}

/** A frame with its place in the running count of one seat; the first is 1. */
export interface Numbered<Item> {
  readonly number: number;
  readonly item: Item;
}

/**
 * The frames of one seat that its peer may not have yet, in order.
 *
 * A frame is waiting, then written, then confirmed. Written is not arrived: what was on a connection that died is in
 * doubt until the peer says how much it has. Confirmed frames are forgotten at once.
 */
export class Outbox<Item> {
  readonly #bounds: OutboxBounds;
  readonly #kept: (Numbered<Item> & { readonly bytes: number })[] = [];
  #bytes = 0;
  /** The newest frame's number. */
  #last = 0;
  /** Frames up to this one were handed to a connection. */
  #written = 0;
  /** Frames up to this one are known to have arrived. */
  #confirmed = 0;

  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  add(item: Item, bytes: number): void {
    this.#kept.push({ number: ++this.#last, item, bytes });
    this.#bytes += bytes;
  }

  /** The frames no connection has been given yet. */
  waiting(): readonly Numbered<Item>[] {
    return this.#kept.slice(this.#written - this.#forgotten);
  }

  wrote(number: number): void {
    this.#written = number;
  }

  /** Frames past `number` turned out not to have been written; they wait again. Others, or too old ones: no effect. */
  unwrote(number: number): void {
    if (number >= Math.max(this.#confirmed, this.#forgotten)) this.#written = Math.min(this.#written, number);
  }

  /** Everything up to `number` has arrived. A number that was never written proves nothing and is ignored. */
  confirm(number: number): void {
    if (!Number.isInteger(number) || number <= this.#confirmed || number > this.#written) return;
    this.#confirmed = number;
    this.#forgetThrough(number);
  }

  /** The peer has confirmed more than that: whoever says so said it before, and not over the newest connection. */
  isBehind(received: number | undefined): boolean {
    return received !== undefined && received < this.#confirmed;
  }

  /**
   * Gets ready to go on over a new connection, with the first frame the peer does not have.
   *
   * @param received how many frames the peer says it has; undefined: it does not say
   * @returns false if that frame is unknown (some are in doubt and the peer does not say) or no longer kept
   */
  rewind(received?: number): boolean {
    if (received === undefined && this.#confirmed < this.#written) return false;
    const from = received ?? this.#written;
    if (from < this.#forgotten || from > this.#written) return false;
    this.#forgetThrough(from);
    this.#written = from;
    this.#confirmed = from;
    return true;
  }

  /**
   * Makes room by forgetting the oldest written frames. They are most likely there already; should a peer turn out
   * to lack one, {@link rewind} fails rather than leave a gap.
   *
   * @returns false if the frames that still wait are too many
   */
  fit(): boolean {
    while (this.#overfull() && this.#forgotten < this.#written) this.#forgetThrough(this.#forgotten + 1);
    return !this.#overfull();
  }

  /** The number of the newest frame that is no longer kept. */
  get #forgotten(): number {
    return this.#last - this.#kept.length;
  }

  #overfull(): boolean {
    return this.#kept.length > this.#bounds.frames || this.#bytes > this.#bounds.bytes;
  }

  #forgetThrough(number: number): void {
    for (const gone of this.#kept.splice(0, Math.max(0, number - this.#forgotten))) this.#bytes -= gone.bytes;
  }
}
