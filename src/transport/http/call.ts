/** What a token can own. Left out, each scope has its own: `host` hosts, `client` players. */
export type OwnedKind = "host" | "player" | "match" | "agent";

/** Who is behind a request. In open mode everybody may everything. */
export interface Caller {
  /** Whom the token names; null where no token was asked for or sent. */
  readonly subject: string | null;
  /** The address of the person whose account's token it sent, or whom its token names; null if there is none. */
  readonly account: string | null;
  /** When its token ends, in ms; null where it came without one. */
  readonly expiresAt: number | null;
  /** True if the caller has this scope and, where `id` is given, owns that id within it: one of that kind. */
  may(scope: string, id?: string, kind?: OwnedKind): boolean;
}

/**
 * One request on its way to a handler: decoded, validated, and nothing of the runtime's server in it. Its address and its
 * origin may be found out anew each time that they are read.
 */
export interface Call<Body = unknown, Query = unknown> {
  readonly request: Request;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  readonly caller: Caller;
  /**
   * Calls `end` when the caller's token ends; the function that comes back takes that back. For whatever waits or goes on:
   * nothing else ends it.
   */
  whenExpired(end: () => void): () => void;
  /**
   * The client's address, IPv4-mapped IPv6 written as IPv4: the other end of the connection, or what proxies that are
   * trusted say it is.
   */
  readonly address: string;
  /** True if the request was made on this machine for its own sake, not through a proxy nor by a foreign page. */
  isLocal(): boolean;
  /** The request's URL as the client sees it. */
  url(): URL;
  /** The origin of that URL. */
  readonly origin: string;
}
