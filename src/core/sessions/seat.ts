/** What a peer of a session is. */
export type Part = "host" | "player";

/** Who may signal in a session. */
export interface SessionPeers {
  readonly host: string;
  /** Those who are connected; the host is not among them. */
  readonly players: ReadonlySet<string>;
}

/** Somebody's place in a session. */
export interface Seat {
  /** Who runs the session. */
  readonly host: string;
  readonly session: string;
  readonly peer: string;
  readonly part: Part;
}

export function partOf({ host, players }: SessionPeers, peer: string): Part | null {
  if (peer === host) return "host";
  return players.has(peer) ? "player" : null;
}
