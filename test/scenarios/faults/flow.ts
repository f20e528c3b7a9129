import type { Socket } from "node:net";

/** How bytes go one way. */
export interface Manner {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerSecond: number;
  /** Bytes of a piece at most. */
  readonly slice: number;
  readonly isHeld: boolean;
  readonly isSwallowed: boolean;
}

/** Bytes that wait on the way at most; past it the sender is not read from. */
const MAX_WAITING = 256 * 1024;

/** A piece on its way; null is the end. */
interface Piece {
  readonly bytes: Buffer | null;
  /** When it may go on, by `performance.now()`. */
  readonly due: number;
}

/** One direction of a connection: reads `from`, writes to `to`, in order, as the line is just then. */
export class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #manner: () => Manner;
  readonly #random: (bound: number) => number;
  #waiting: Piece[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #isFull = false;
  #freeAt = 0;
  #hasLost = false;

  constructor(from: Socket, to: Socket, manner: () => Manner, random: (bound: number) => number) {
    this.#from = from;
    this.#to = to;
    this.#manner = manner;
    this.#random = random;
    from.on("data", (bytes: Buffer) => this.#take(bytes));
    from.on("end", () => this.#take(null));
    to.on("drain", () => {
      this.#isFull = false;
      this.#go();
    });
    to.on("close", () => {
      this.#waiting = [];
      this.#bytes = 0;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      // Read on, so that its end is seen.
      from.resume();
    });
  }

  /** True once bytes were thrown away: what follows them makes no sense any more. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** The line has changed. */
  changed(): void {
    this.#go();
  }

  #take(bytes: Buffer | null): void {
    const { isSwallowed, latencyMs, jitterMs } = this.#manner();
    if (isSwallowed) {
      this.#hasLost = true;
      return;
    }
    const due = performance.now() + latencyMs + (jitterMs > 0 ? this.#random(jitterMs + 1) : 0);
    this.#waiting.push({ bytes, due });
    this.#bytes += bytes?.length ?? 0;
    this.#go();
    if (this.#bytes > MAX_WAITING) this.#from.pause();
  }

  #go(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#waiting.length > 0 && !this.#isFull && !this.#to.destroyed) {
      const { isHeld, isSwallowed, bytesPerSecond, slice } = this.#manner();
      if (isHeld) return;
      const first = this.#waiting[0]!;
      const wait = Math.max(first.due, this.#freeAt) - performance.now();
      if (wait > 0 && !isSwallowed) {
        this.#timer = setTimeout(() => this.#go(), wait);
        return;
      }
      if (isSwallowed) {
        this.#hasLost = true;
        this.#waiting.shift();
        this.#bytes -= first.bytes?.length ?? 0;
      } else if (first.bytes === null) {
        this.#waiting.shift();
        this.#to.end();
      } else {
        this.#write(first, slice, bytesPerSecond);
        // Each piece in a write of its own: the kernel would join those of one turn.
        if (Number.isFinite(slice) && this.#waiting.length > 0) {
          this.#timer = setTimeout(() => this.#go(), 0);
          break;
        }
      }
    }
    if (this.#bytes <= MAX_WAITING / 2 && this.#from.isPaused()) this.#from.resume();
  }

  #write({ bytes, due }: Piece, slice: number, bytesPerSecond: number): void {
    const most = Number.isFinite(slice) ? 1 + this.#random(slice) : Number.isFinite(bytesPerSecond) ? 4_096 : Infinity;
    const piece = bytes!.subarray(0, Math.min(most, bytes!.length));
    if (piece.length === bytes!.length) this.#waiting.shift();
    else this.#waiting[0] = { bytes: bytes!.subarray(piece.length), due };
    this.#bytes -= piece.length;
    if (Number.isFinite(bytesPerSecond)) {
      this.#freeAt = Math.max(this.#freeAt, performance.now()) + (piece.length / bytesPerSecond) * 1_000;
    }
    this.#isFull = !this.#to.write(piece);
  }
}
