// Files over a data channel: a header as text, then the content in pieces. The channel keeps their order.

/** How far one file has come. */
export interface Transfer {
  readonly direction: "in" | "out";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly done: number;
  /** The whole file, once it has arrived. */
  readonly file?: Blob;
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** What every browser takes in one message, in bytes. */
const PIECE = 16 * 1024;

/** How much may wait in the channel before the next piece is read, in bytes. */
const MOST_BUFFERED = 1024 * 1024;

/** @param progress hears of each file at its beginning, at its end, and in between */
export class FileChannel {
  readonly #channel: RTCDataChannel;
  readonly #progress: (id: string, transfer: Transfer) => void;
  #sending: Promise<void> = Promise.resolve();
  #incoming: { readonly id: string; readonly header: Header; readonly pieces: ArrayBuffer[]; done: number } | null =
    null;
  #count = 0;

  constructor(channel: RTCDataChannel, progress: (id: string, transfer: Transfer) => void) {
    this.#channel = channel;
    this.#progress = progress;
    channel.bufferedAmountLowThreshold = MOST_BUFFERED / 2;
    channel.onmessage = ({ data }) => (typeof data === "string" ? this.#begin(data) : this.#add(data as ArrayBuffer));
  }

  /** Sends a file once those before it have gone. Rejects if the channel closes on the way. */
  send(file: File): Promise<void> {
    const sent = this.#sending.then(() => this.#send(file));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  async #send(file: File): Promise<void> {
    const { name, size, type } = file;
    const id = `out-${++this.#count}`;
    const tell = (done: number): void => this.#progress(id, { direction: "out", name, size, done });
    this.#channel.send(JSON.stringify({ name, size, type } satisfies Header));
    tell(0);
    for (let at = 0; at < size; at += PIECE) {
      if (this.#channel.bufferedAmount > MOST_BUFFERED) await this.#drained();
      this.#channel.send(await file.slice(at, at + PIECE).arrayBuffer());
      tell(Math.min(at + PIECE, size));
    }
  }

  #drained(): Promise<void> {
    return new Promise((go, stop) => {
      this.#channel.addEventListener("bufferedamountlow", () => go(), { once: true });
      this.#channel.addEventListener("close", () => stop(new Error("The connection has ended.")), { once: true });
    });
  }

  #begin(text: string): void {
    const header = JSON.parse(text) as Header;
    this.#incoming = { id: `in-${++this.#count}`, header, pieces: [], done: 0 };
    this.#tell();
  }

  #add(piece: ArrayBuffer): void {
    if (this.#incoming === null) return;
    this.#incoming.pieces.push(piece);
    this.#incoming.done += piece.byteLength;
    this.#tell();
  }

  #tell(): void {
    const { id, header, pieces, done } = this.#incoming!;
    const { name, size, type } = header;
    const isWhole = done >= size;
    const file = isWhole ? { file: new Blob(pieces, { type }) } : {};
    if (isWhole) this.#incoming = null;
    this.#progress(id, { direction: "in", name, size, done, ...file });
  }
}
