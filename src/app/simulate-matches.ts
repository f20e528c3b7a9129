import { UsageError } from "./commands/errors.ts";
import type { AgentResult } from "./simulate/agent.ts";
import { MatchProgress } from "./simulate/match-progress.ts";
import { playMatches, type MatchesOptions, type PlayedMatches } from "./simulate/matches.ts";

/** Plays matches on an arena until they are over. Exit code 1 if one could not be played. */
export async function simulateMatches(
  options: Omit<MatchesOptions, "heard" | "counted">,
  json: boolean,
): Promise<number> {
  if (options.rules.bestOf % 2 === 0) throw new UsageError("--best-of must be odd.");
  const progress = new MatchProgress(process.stderr, options.client.url);
  try {
    const played = await playMatches({
      ...options,
      heard: (news) => progress.hear(news),
      counted: (figures) => progress.count(figures),
    });
    progress.stop();
    tell(played, json);
    return played.failures.length === 0 ? 0 : 1;
  } finally {
    progress.stop();
  }
}

function tell({ results, failures, figures }: PlayedMatches, json: boolean): void {
  const reasons = [
    ...new Set(failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)))),
  ];
  if (json) {
    const matches = results.map(({ matchId, winner, score, isSigned, wager }) => ({
      match_id: matchId,
      winner_port: winner,
      final_score: score,
      signed: isSigned,
      wager_status: wager,
    }));
    const { framesSent, framesLeftOut } = figures;
    console.log(
      JSON.stringify({ matches, frames_sent: framesSent, frames_left_out: framesLeftOut, problems: reasons }),
    );
    return;
  }
  for (const result of results) console.log(sentence(result));
  for (const reason of reasons) console.error(`rendezvous: ${reason}`);
}

function sentence({ matchId, winner, score, isSigned, wager }: AgentResult): string {
  if (winner === null) return `Match ${matchId} was broken off at ${score.join(":")}.`;
  const signed = isSigned ? "both have signed" : "it is not signed by both";
  return `Match ${matchId}: port ${winner} won ${score.join(":")}; ${signed}${wager === null ? "" : `, wager ${wager}`}.`;
}
