import { mentionsOfPlayers } from "../../../ports/audit-names.ts";
import type { PersonRecords } from "../../../ports/person-records.ts";
import type { Random } from "../../../ports/random.ts";
import { endSessionsOf } from "../end-sessions.ts";
import { leaveSession } from "../players.ts";
import { lockedSession } from "../session-row.ts";
import { forgetInAudit } from "./acts.ts";
import type { Store } from "../store.ts";

/** Locks in the order of all others: hosts, sessions, zones, what operators have done; of each, by id. */
export async function forgetPlayer(
  store: Store,
  random: Random,
  playerId: string,
  now: number,
): ReturnType<PersonRecords["player"]> {
  const seats = await store.read((db) =>
    db
      .selectFrom("session_players")
      .select(["id", "session"])
      .where("player_id", "=", playerId)
      .orderBy("session")
      .execute(),
  );
  return store.transact(async (db) => {
    const hosts = await db
      .selectFrom("hosts")
      .select(["id", "host_id"])
      .where("player_id", "=", playerId)
      .orderBy("id")
      .$if(store.dialect === "postgres", (query) => query.forUpdate())
      .execute();
    const ids = hosts.map(({ id }) => id);
    let gone = ids.length;
    for (const { id, session } of seats) {
      const row = await lockedSession(store, db, { id: session });
      if (row === undefined) continue;
      await leaveSession(db, row, playerId, now);
      const { numUpdatedRows } = await db
        .updateTable("session_players")
        // A name that nobody could have taken before.
        .set({ player_id: `forgotten-${random.uuid()}` })
        .where("id", "=", id)
        .where("player_id", "=", playerId)
        .executeTakeFirst();
      gone += Number(numUpdatedRows);
    }
    const also = hosts.map(({ host_id }) => host_id);
    gone += await forgetInAudit(store, db, mentionsOfPlayers([playerId, ...also]));
    if (ids.length === 0) return { gone, left: 0, also, sessions: [] };
    const sessions = await endSessionsOf(store, db, ids, "ENDED", now);
    await db.deleteFrom("hosts").where("id", "in", ids).execute();
    return { gone, left: 0, also, sessions };
  });
}
