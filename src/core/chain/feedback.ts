import type { Feedback } from "../../ports/chain.ts";
import type { QueuedFeedback } from "../../ports/feedback-outbox.ts";

/**
 * What is said of an agent on the chain. The same rating always makes the same bytes, by which it is found again there:
 * never change them for ratings that are queued.
 */
export function feedbackOf({ agentId, matchId, opponentId, outcome, before, after, at }: QueuedFeedback): Feedback {
  const document = JSON.stringify({
    agentId: agentId.toString(),
    matchId,
    opponentId: opponentId.toString(),
    outcome,
    eloBefore: before,
    elo: after,
    ratedAt: new Date(at).toISOString(),
  });
  return { agentId, value: after, tag1: "elo", tag2: "melee", endpoint: "", document };
}
