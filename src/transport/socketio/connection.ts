/** A connection of the engine, as far as it is to be closed. */
export interface Connection {
  readonly readyState: string;
  readonly transport: { close(): void };
  close(): void;
}

/**
 * Closes a connection at once, so that its client comes back by itself. The engine's own `close` waits until a client that
 * polls has taken what is there for it, and passes on the packet that is at hand.
 */
export function closeNow(connection: Connection): void {
  connection.close();
  if (connection.readyState !== "closed") connection.transport.close();
}
