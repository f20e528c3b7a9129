import type { z } from "zod";

/**
 * What a socket says of itself beyond its handlers, for `/asyncapi.json`. Nothing here changes how a message is
 * handled.
 */
export interface SocketDoc {
  /** The channel's name in generated clients: camelCase, unique in the whole server. */
  readonly id: string;
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  /** What each path parameter is. */
  readonly params?: Readonly<Record<string, string>>;
  /** What the query of the handshake is, an object of texts. */
  readonly query?: z.ZodType;
  /** What clients send. */
  readonly receives: readonly MessageDoc[];
  /** What clients get. */
  readonly sends: readonly MessageDoc[];
}

export interface MessageDoc {
  /** Unique among those of one direction; on Socket.IO, the event. */
  readonly name: string;
  readonly summary: string;
  /** What the message is; left out where an event carries nothing. */
  readonly schema?: z.ZodType;
  /** A message as the protocol's document shows it. A test sends it, or waits for one with its keys. */
  readonly example?: unknown;
}
