import { Arena, Forbidden, NotFound, Unauthorized, type Answer, type MatchViewer } from "../../client/src/index.ts";
import type { Frame, GameEnd, GameStart, MatchEnd } from "./messages.ts";
import type { ReplayRecord } from "./replay.ts";
import { token } from "./token.ts";

// What the pages ask an arena.

const arena = new Arena({ retries: 0, ...(token === null ? {} : { token: () => token! }) });

export type Match = Answer<"getMatch">;

/** The arena shows matches to those with a good token only. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Unauthorized || error instanceof Forbidden;
}

/** Null: there is no such thing. */
async function orNull<Found>(asked: Promise<Found>): Promise<Found | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

export function getMatch(id: string): Promise<Match | null> {
  return orNull(arena.match(id));
}

/** Matches that send frames right now. */
export function liveMatches(): Promise<readonly string[]> {
  return arena.liveMatches();
}

/** Null: unknown. */
export function viewersOf(id: string): Promise<number | null> {
  return orNull(arena.viewers(id));
}

export function watch(id: string): MatchViewer {
  return arena.watch(id);
}

interface RawReplay {
  readonly start: GameStart | null;
  readonly games: readonly { readonly frames: readonly Frame[]; readonly end: GameEnd | null }[];
  readonly end: MatchEnd | null;
}

/** Null: nothing of it was kept. */
export async function getReplay(id: string): Promise<ReplayRecord | null> {
  const raw = (await arena.replay(id)) as RawReplay | null;
  if (raw === null) return null;
  const start = raw.start ?? { stageId: null, players: [] };
  return { games: raw.games.map(({ frames, end }) => ({ start, frames, end })), end: raw.end };
}
