import type { AgentResult } from "./agent.ts";
import { playPair, reasonsOf, type PairOptions } from "./pair.ts";
import type { PublisherFigures } from "./publisher.ts";

export interface MatchesOptions extends Omit<PairOptions, "figures"> {
  readonly matches: number;
  /** How many matches are played at once. */
  readonly atOnce: number;
  /** Gets the figures at the start; they grow. */
  readonly counted?: (figures: PublisherFigures) => void;
}

export interface PlayedMatches {
  /** Of each match once, in the order in which they ended. */
  readonly results: readonly AgentResult[];
  readonly failures: readonly unknown[];
  readonly figures: PublisherFigures;
}

/**
 * Plays matches on an arena, two agents each. The same seed makes the same players with the same fights, as long as they
 * meet the same opponents; only their keys are new each time. Ends early, with everybody gone, when the signal says so.
 */
export async function playMatches(options: MatchesOptions): Promise<PlayedMatches> {
  const figures: PublisherFigures = { framesSent: 0, framesLeftOut: 0 };
  options.counted?.(figures);
  // One that is not there at all is no reason to try again and again.
  try {
    await options.client.get("/health");
  } catch (error) {
    return { results: [], failures: [error], figures };
  }
  const results = new Map<string, AgentResult>();
  const failures: unknown[] = [];
  let next = 0;
  const playOn = async (): Promise<void> => {
    while (next < options.matches && !options.signal.aborted) {
      const match = next++;
      const ends = await playPair({ ...options, figures }, 2 * match);
      for (const end of ends) {
        if (end.status === "fulfilled" && end.value !== null) results.set(end.value.matchId, end.value);
      }
      failures.push(...reasonsOf(ends));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, options.matches) }, playOn));
  return { results: [...results.values()], failures, figures };
}
