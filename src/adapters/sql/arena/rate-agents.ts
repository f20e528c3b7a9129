import type { MatchRecord, MatchStep, Side } from "../../../ports/match-records.ts";
import type { RatingChange } from "../../../ports/rating-records.ts";
import type { Db } from "../store.ts";

const TALLY = { won: "wins", lost: "losses", drawn: "draws" } as const;

/** Rates both agents of a match whose row the caller has locked; does nothing the second time. */
export async function rateAgents(
  db: Db,
  match: MatchRecord,
  { rate, initial, at, posted = false }: NonNullable<MatchStep["rating"]>,
): Promise<void> {
  const agents: Readonly<Record<Side, string>> = { p1: agentOf(match, "p1"), p2: agentOf(match, "p2") };
  const known = await db.selectFrom("rating_changes").select("id").where("match_id", "=", match.id).limit(1).execute();
  if (known.length > 0) return;
  const before = { p1: initial, p2: initial };
  // Always in the same order, so that two matches of the same agents do not wait for each other.
  for (const side of (["p1", "p2"] as const).toSorted((a, b) => (agents[a] < agents[b] ? -1 : 1))) {
    const { elo } = await db
      .insertInto("agents")
      .values({ agent_id: agents[side], elo: initial })
      // An update that changes nothing locks the row, and returns it; one that goes meanwhile is made anew.
      .onConflict((conflict) => conflict.column("agent_id").doUpdateSet({ agent_id: agents[side] }))
      .returning("elo")
      .executeTakeFirstOrThrow();
    before[side] = elo;
  }
  const after = rate(before);
  for (const [side, other] of [
    ["p1", "p2"],
    ["p2", "p1"],
  ] as const) {
    const outcome = outcomeOf(match, side);
    await db
      .updateTable("agents")
      .set((eb) => ({
        elo: after[side],
        rated_at: at,
        matches: eb("matches", "+", 1),
        [TALLY[outcome]]: eb(TALLY[outcome], "+", 1),
      }))
      .where("agent_id", "=", agents[side])
      .execute();
    await db
      .insertInto("rating_changes")
      .values({
        match_id: match.id,
        agent_id: agents[side],
        opponent_id: agents[other],
        outcome,
        elo_before: before[side],
        elo_after: after[side],
        created_at: at,
      })
      .execute();
    if (posted) {
      await db
        .insertInto("feedback_outbox")
        .values({ match_id: match.id, agent_id: agents[side], state: "queued", created_at: at, changed_at: at })
        .execute();
    }
  }
}

function agentOf(match: MatchRecord, side: Side): string {
  return match[side].agentId!.toString();
}

function outcomeOf({ result }: MatchRecord, side: Side): RatingChange["outcome"] {
  if (result === null || result.winner === null) return "drawn";
  return result.winner === side ? "won" : "lost";
}
