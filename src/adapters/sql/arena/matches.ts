import { sql } from "kysely";
import type { MatchRecords, MatchStep, SignatureRecord } from "../../../ports/match-records.ts";
import { fixedQuery } from "../fixed-query.ts";
import type { Db, Store } from "../store.ts";
import { matchQuery } from "./places.ts";
import { rateAgents } from "./rate-agents.ts";
import { matchOf } from "./rows.ts";

/** A literal, as in the index: a parameter could be anything. */
const isPlaying = sql<boolean>`status = 'playing'`;

/** Matches in SQL. Whoever changes one locks its row first, and agents after it. */
export function createMatchRecords(store: Store): MatchRecords {
  const locking = store.dialect === "postgres";
  const byId = matchQuery();
  const anySilent = fixedQuery<{ activeBefore: number }, { id: number }>((db, value) =>
    db.selectFrom("matches").select("id").where(isPlaying).where("active_at", "<=", value("activeBefore")).limit(1),
  );
  const ofId = (db: Db, id: string) => db.selectFrom("matches").selectAll().where("match_id", "=", id);

  return {
    async find(id) {
      const [row] = await store.read((db) => byId(db, { id }));
      return row === undefined ? null : matchOf(row);
    },

    signatures: (id) => store.read((db) => signaturesOf(db, id)),

    change: (id, decide) =>
      store.transact(async (db) => {
        const row = await ofId(db, id)
          .$if(locking, (query) => query.forUpdate())
          .executeTakeFirst();
        if (row === undefined) return null;
        const before = { match: matchOf(row), signatures: await signaturesOf(db, id) };
        const step = decide(before);
        if (step === null) return before;
        const columns = columnsOf(step);
        const after =
          Object.keys(columns).length === 0
            ? row
            : await db
                .updateTable("matches")
                .set(columns)
                .where("id", "=", row.id)
                .returningAll()
                .executeTakeFirstOrThrow();
        const match = matchOf(after);
        if (step.signature !== undefined) {
          const { signer, address, signature, createdAt } = step.signature;
          await db
            .insertInto("match_signatures")
            .values({ match_id: id, signer, address, signature, created_at: createdAt })
            .execute();
        }
        if (step.rating !== undefined) await rateAgents(db, match, step.rating);
        return { match, signatures: step.signature === undefined ? before.signatures : await signaturesOf(db, id) };
      }),

    async touch(id, now) {
      await store.transact((db) =>
        db
          .updateTable("matches")
          .set({ active_at: now })
          .where("match_id", "=", id)
          .where(isPlaying)
          .where("active_at", "<", now)
          .execute(),
      );
    },

    async expire(activeBefore, limit) {
      // Mostly there are none, which can be seen without writing.
      if ((await store.read((db) => anySilent(db, { activeBefore }))).length === 0) return [];
      return store.transact(async (db) => {
        const silent = await db
          .selectFrom("matches")
          .select(["id", "match_id"])
          .where(isPlaying)
          .where("active_at", "<=", activeBefore)
          .orderBy("active_at")
          .limit(limit)
          // Waits for one that is being played, and then takes it as it has become.
          .$if(locking, (query) => query.forUpdate())
          .execute();
        if (silent.length === 0) return [];
        const ids = silent.map(({ id }) => id);
        await db.updateTable("matches").set({ status: "expired" }).where("id", "in", ids).execute();
        return silent.map(({ match_id }) => match_id);
      });
    },

    async playing() {
      const { total } = await store.read((db) =>
        db
          .selectFrom("matches")
          .select((eb) => eb.fn.countAll<number>().as("total"))
          .where(isPlaying)
          .executeTakeFirstOrThrow(),
      );
      return total;
    },
  };
}

async function signaturesOf(db: Db, id: string): Promise<readonly SignatureRecord[]> {
  const rows = await db
    .selectFrom("match_signatures")
    .select(["id", "address", "signature", "created_at"])
    .where("match_id", "=", id)
    .execute();
  // They are two at most.
  return rows
    .toSorted((one, other) => one.id - other.id)
    .map(({ address, signature, created_at }) => ({ address, signature, createdAt: created_at }));
}

/** Only what changes. */
function columnsOf({ status, reports, result, wager, activeAt }: MatchStep) {
  return {
    ...(status === undefined ? {} : { status }),
    ...(reports?.p1 === undefined ? {} : { p1_report: JSON.stringify(reports.p1) }),
    ...(reports?.p2 === undefined ? {} : { p2_report: JSON.stringify(reports.p2) }),
    ...(result === undefined
      ? {}
      : {
          winner: result.winner,
          winner_score: result.winnerScore,
          loser_score: result.loserScore,
          completed_at: result.completedAt,
        }),
    ...(wager === undefined
      ? {}
      : {
          wager_status: wager.status,
          wager_amount: wager.amountWei.toString(),
          wager_id: wager.wagerId.toString(),
          wager_proposer: wager.proposer,
        }),
    ...(activeAt === undefined ? {} : { active_at: activeAt }),
  };
}
