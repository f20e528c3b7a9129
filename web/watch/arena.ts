import type { GameEnd, GameStart, MatchEnd, Frame } from "./messages.ts";
import type { ReplayRecord } from "./replay.ts";
import { token } from "./token.ts";

// What the pages ask an arena.

export interface Match {
  readonly id: string;
  readonly status: "playing" | "completed" | "expired";
  readonly p1_connect_code: string;
  readonly p2_connect_code: string;
}

/** The arena shows matches to those with a good token only. */
export class Refused extends Error {}

/**
 * Null: there is no such thing. Throws if the arena does not answer.
 *
 * @throws {Refused}
 */
async function ask<Body>(path: string): Promise<Body | null> {
  const answer = await fetch(path, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
  if (answer.status === 404) return null;
  if (answer.status === 401 || answer.status === 403) throw new Refused(`HTTP ${answer.status}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()) as Body;
}

const of = (matchId: string): string => `/matches/${encodeURIComponent(matchId)}`;

export function getMatch(id: string): Promise<Match | null> {
  return ask(of(id));
}

/** Matches that send frames right now. */
export async function liveMatches(): Promise<readonly string[]> {
  const health = await ask<{ readonly live_match_ids?: readonly string[] }>("/health");
  return health?.live_match_ids ?? [];
}

/** Null: unknown. */
export async function viewersOf(id: string): Promise<number | null> {
  return (await ask<{ readonly viewers: number }>(`${of(id)}/viewers`))?.viewers ?? null;
}

interface RawReplay {
  readonly start: GameStart | null;
  readonly games: readonly { readonly frames: readonly Frame[]; readonly end: GameEnd | null }[];
  readonly end: MatchEnd | null;
}

/** Null: nothing of it was kept. */
export async function getReplay(id: string): Promise<ReplayRecord | null> {
  const raw = await ask<RawReplay>(`${of(id)}/replay`);
  if (raw === null) return null;
  const start = raw.start ?? { stageId: null, players: [] };
  return { games: raw.games.map(({ frames, end }) => ({ start, frames, end })), end: raw.end };
}
