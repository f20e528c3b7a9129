import type { Expiries } from "../limits/expiries.ts";
import { closeNow, type Connection } from "./connection.ts";

export interface LobbyOptions {
  readonly after: Expiries["after"];
  /** How long a connection may stay that has given its socket up, in ms. For the first, Socket.IO waits itself. */
  readonly patienceMs: number;
  /** Hears of each connection that asks once more. */
  again(connection: Connection): void;
}

interface Guest {
  /** Whether it waits for an answer. */
  isAsking: boolean;
  /** Whether it has asked before. */
  isKnown: boolean;
  /** It is not to be closed for having no socket. */
  stopWaiting(): void;
}

const nobodyWaits = (): void => undefined;

/**
 * The connections without a socket of Socket.IO: they have not asked for one yet, have not been answered, were refused,
 * or have given theirs up. Socket.IO itself looks whether a connection has a socket when it is asked, and enters the new
 * one some turns later: of all that ask meanwhile it would make sockets, of which nothing that counts connections knows.
 */
export class Lobby {
  readonly #guests = new Map<Connection, Guest>();
  readonly #options: LobbyOptions;

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  /** A connection has come. To be followed by {@link gone}, as {@link left} is. */
  came(connection: Connection): void {
    this.#guests.set(connection, { isAsking: false, isKnown: false, stopWaiting: nobodyWaits });
  }

  has(connection: Connection): boolean {
    return this.#guests.has(connection);
  }

  /** A connection asks for a socket. False: it has one, or has asked for it already. */
  asks(connection: Connection): boolean {
    const guest = this.#guests.get(connection);
    if (guest === undefined || guest.isAsking) return false;
    if (guest.isKnown) this.#options.again(connection);
    guest.isAsking = guest.isKnown = true;
    return true;
  }

  /** It gets none, and may ask again. */
  refused(connection: Connection): void {
    const guest = this.#guests.get(connection);
    if (guest !== undefined) guest.isAsking = false;
  }

  /** It has its socket. */
  joined(connection: Connection): void {
    this.gone(connection);
  }

  /** It has none any more, and may ask again. */
  left(connection: Connection): void {
    if (connection.readyState !== "open") return;
    const { after, patienceMs } = this.#options;
    const stopWaiting = after(patienceMs, () => closeNow(connection));
    this.#guests.set(connection, { isAsking: false, isKnown: true, stopWaiting });
  }

  /** It has closed. */
  gone(connection: Connection): void {
    this.#guests.get(connection)?.stopWaiting();
    this.#guests.delete(connection);
  }
}
