import type { Expiries } from "../limits/expiries.ts";
import { closeNow, type Connection } from "./connection.ts";

export interface BinaryEventOptions {
  readonly after: Expiries["after"];
  /** The most an event may weigh, its header and all attachments together. */
  readonly maxBytes: number;
  /** How long the attachments may take, in ms. */
  readonly patienceMs: number;
}

/** An event of which attachments are still to come. */
interface Unfinished {
  /** What has come of it, in bytes. */
  bytes: number;
  /** How many attachments are to come. */
  missing: number;
  stopWaiting(): void;
}

/**
 * The events with binary parts that are on their way. Each comes as a header that says how many attachments follow it,
 * each a message of its own; the parser keeps them until the last has come, and bounds neither their bytes nor the time.
 */
export class BinaryEvents {
  readonly #unfinished = new Map<Connection, Unfinished>();
  readonly #options: BinaryEventOptions;

  constructor(options: BinaryEventOptions) {
    this.#options = options;
  }

  /** The header of an event has come. False: it must not. */
  header(connection: Connection, packet: string): boolean {
    // As the parser reads it: every number that it takes is this one.
    const missing = Number(packet.slice(1, packet.indexOf("-")));
    if (!(missing > 0) || this.#unfinished.has(connection)) return false;
    const { after, patienceMs } = this.#options;
    const stopWaiting = after(patienceMs, () => closeNow(connection));
    this.#unfinished.set(connection, { bytes: Buffer.byteLength(packet), missing, stopWaiting });
    return true;
  }

  /** An attachment of so many bytes has come. False: it must not, or is too large. */
  attachment(connection: Connection, bytes: number): boolean {
    const event = this.#unfinished.get(connection);
    if (event === undefined) return false;
    event.bytes += bytes;
    event.missing--;
    if (event.missing === 0) this.gone(connection);
    return event.bytes <= this.#options.maxBytes;
  }

  /** The connection has closed, or its event has come as a whole. */
  gone(connection: Connection): void {
    this.#unfinished.get(connection)?.stopWaiting();
    this.#unfinished.delete(connection);
  }
}
