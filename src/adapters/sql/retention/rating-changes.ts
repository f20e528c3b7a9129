import { sql } from "kysely";
import type { RatingChange } from "../../../ports/rating-records.ts";
import type { Db, Store } from "../store.ts";

/** A literal, as in the indexes: a parameter could be anything. */
const isOnItsWay = sql<boolean>`state IN ('queued', 'signed', 'sent')`;

const FORGOTTEN = { won: "wins_forgotten", lost: "losses_forgotten", drawn: "draws_forgotten" } as const;

/**
 * Removes the rating changes of matches that the caller has locked, and their feedback, of which none is on its way. The
 * ratings stay, and each agent keeps count of what has gone.
 */
export async function removeRatingChanges(db: Db, matchIds: readonly string[]): Promise<void> {
  const posted = await db
    .deleteFrom("feedback_outbox")
    .where("match_id", "in", matchIds)
    .returning(["chain_id", "signer", "nonce"])
    .execute();
  await keepNonces(db, posted);
  const changes = await db
    .deleteFrom("rating_changes")
    .where("match_id", "in", matchIds)
    .returning(["agent_id", "outcome"])
    .execute();
  // Always in the same order, as those who rate.
  const byAgent = [...Map.groupBy(changes, ({ agent_id }) => agent_id)].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  for (const [agent, gone] of byAgent) {
    const counted = (outcome: RatingChange["outcome"]): number => gone.filter((one) => one.outcome === outcome).length;
    await db
      .updateTable("agents")
      .set((eb) => ({
        matches_forgotten: eb("matches_forgotten", "+", gone.length),
        [FORGOTTEN.won]: eb(FORGOTTEN.won, "+", counted("won")),
        [FORGOTTEN.lost]: eb(FORGOTTEN.lost, "+", counted("lost")),
        [FORGOTTEN.drawn]: eb(FORGOTTEN.drawn, "+", counted("drawn")),
      }))
      .where("agent_id", "=", agent)
      .execute();
  }
}

/**
 * Locks the ratings of agents, so that none of them is rated until the transaction ends. `rated`: those that have a
 * rating; `posting`: those of which one is on its way to the chain.
 */
export async function lockRatingsOf(store: Store, db: Db, agents: readonly string[]) {
  const [rated, posting] = [new Set<string>(), new Set<string>()];
  // Always in the same order, as those who rate.
  for (const agent of [...new Set(agents)].toSorted()) {
    const rating = await db
      .selectFrom("agents")
      .select("id")
      .where("agent_id", "=", agent)
      .$if(store.dialect === "postgres", (query) => query.forUpdate())
      .executeTakeFirst();
    if (rating !== undefined) rated.add(agent);
    // After the lock: whoever rated it while this waited for that has put it there.
    const onItsWay = await db
      .selectFrom("feedback_outbox")
      .select("id")
      .where("agent_id", "=", agent)
      .where(isOnItsWay)
      .limit(1)
      .executeTakeFirst();
    if (onItsWay !== undefined) posting.add(agent);
  }
  return { rated, posting };
}

/** Removes ratings and history of agents that the caller has locked, and their feedback, of which none is on its way. */
export async function removeRatingsOf(db: Db, agents: readonly string[]): Promise<void> {
  if (agents.length === 0) return;
  const posted = await db
    .deleteFrom("feedback_outbox")
    .where("agent_id", "in", agents)
    .returning(["chain_id", "signer", "nonce"])
    .execute();
  await keepNonces(db, posted);
  await db.deleteFrom("rating_changes").where("agent_id", "in", agents).execute();
  await db.deleteFrom("agents").where("agent_id", "in", agents).execute();
}

interface Posted {
  readonly chain_id: number | null;
  readonly signer: string | null;
  readonly nonce: number | null;
}

/** The highest nonce of each signer is remembered: an endpoint that is behind must not get it used again. */
async function keepNonces(db: Db, posted: readonly Posted[]): Promise<void> {
  const highest = new Map<string, { readonly chain_id: number; readonly signer: string; readonly nonce: number }>();
  for (const { chain_id, signer, nonce } of posted) {
    if (chain_id === null || signer === null || nonce === null) continue;
    const key = `${chain_id} ${signer}`;
    if (nonce > (highest.get(key)?.nonce ?? -1)) highest.set(key, { chain_id, signer, nonce });
  }
  for (const [, row] of [...highest].sort(([one], [other]) => (one < other ? -1 : 1))) {
    await db
      .insertInto("spent_nonces")
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(["chain_id", "signer"])
          .doUpdateSet({ nonce: row.nonce })
          .where("spent_nonces.nonce", "<", row.nonce),
      )
      .execute();
  }
}
