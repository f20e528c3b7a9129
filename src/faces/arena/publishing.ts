import { DomainError } from "../../core/errors/errors.ts";
import type { MatchStreams } from "../../core/streams/match-streams.ts";
import { policy, type Grants } from "../../transport/http/policy.ts";
import type { Call } from "../../transport/http/route.ts";
import { matchNamed } from "./paths.ts";

type Players = readonly [string, string];

/**
 * Who streams a match, where tokens are asked for: those who joined under its connect codes, and publishers whose token
 * names one of these or the match.
 *
 * @param playersOf looks up the connect codes; null lets nobody in for them
 */
function publishers(playersOf: (id: string) => Promise<Players | null>): Grants {
  const player =
    (side: 0 | 1) =>
    async (call: Call<never, never>): Promise<string | null> =>
      (await playersOf(matchNamed(call)))?.[side] ?? null;
  return policy.any(
    policy.publisherOf(matchNamed),
    policy.player(player(0)),
    policy.player(player(1)),
    policy.publisherFor(player(0)),
    policy.publisherFor(player(1)),
  );
}

/** For routes, where a match that is not there is not found. */
export function publishersOf(streams: MatchStreams): Grants {
  return publishers(async (id) => (await streams.find(id)).players);
}

/** For handshakes, where it is forbidden. */
export function publishersAtHandshake(streams: MatchStreams): Grants {
  return publishers((id) => playersIn(streams, id));
}

/** The connect codes of a match; null if there is no such match. */
export async function playersIn(streams: MatchStreams, id: string): Promise<Players | null> {
  try {
    return (await streams.find(id)).players;
  } catch (error) {
    if (error instanceof DomainError && error.code === "match_not_found") return null;
    throw error;
  }
}
