import { sql } from "kysely";
import type { RetentionRecords } from "../../../ports/retention-records.ts";
import type { Db, Store } from "../store.ts";
import { removeRatingChanges } from "./rating-changes.ts";

/** Literals, as in the indexes: a parameter could be anything. */
const isOver = sql<boolean>`matches.status <> 'playing'`;
const isOnItsWay = sql<boolean>`feedback_outbox.state IN ('queued', 'signed', 'sent')`;

/** Removes matches that are over, with all that is theirs. Locks in the order of all others: matches, then agents. */
export async function pruneMatches(
  store: Store,
  db: Db,
  { before, limit, unsettledSince }: Parameters<RetentionRecords["matches"]>[0],
): Promise<number> {
  const over = await db
    .selectFrom("matches")
    .select(["match_id", "p1_queue_id", "p2_queue_id"])
    .where(isOver)
    .where("active_at", "<=", before)
    .where((eb) =>
      eb.or([
        eb("wager_status", "is", null),
        eb("wager_status", "<>", "accepted"),
        eb("created_at", "<=", unsettledSince),
      ]),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("feedback_outbox")
            .select("feedback_outbox.id")
            .whereRef("feedback_outbox.match_id", "=", "matches.match_id")
            .where(isOnItsWay),
        ),
      ),
    )
    .orderBy("active_at")
    .limit(limit)
    .$if(store.dialect === "postgres", (query) => query.forUpdate().skipLocked())
    .execute();
  if (over.length === 0) return 0;
  const ids = over.map(({ match_id }) => match_id);
  await removeRatingChanges(db, ids);
  await db.deleteFrom("match_signatures").where("match_id", "in", ids).execute();
  await db.deleteFrom("matches").where("match_id", "in", ids).execute();
  const entries = over.flatMap((match) => [match.p1_queue_id, match.p2_queue_id]);
  await db.deleteFrom("queue_entries").where("queue_id", "in", entries).execute();
  return over.length;
}
