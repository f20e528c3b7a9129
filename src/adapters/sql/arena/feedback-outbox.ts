import { sql } from "kysely";
import type { FeedbackOutbox, FeedbackStep, QueuedFeedback } from "../../../ports/feedback-outbox.ts";
import type { Db, Store } from "../store.ts";

/** Literals, as in the indexes: a parameter could be anything. */
const isQueued = sql<boolean>`feedback_outbox.state = 'queued'`;
const isUnposted = sql<boolean>`feedback_outbox.state <> 'confirmed'`;
const isInFlight = sql<boolean>`feedback_outbox.state IN ('signed', 'sent')`;
const isOnItsWay = sql<boolean>`feedback_outbox.state IN ('queued', 'signed', 'sent')`;

/** The advisory lock of those who sign: with row locks alone, two could sign at once and one would fail on the index. */
const SIGN_LOCK = 7_205_759_407;

/** The outbox of feedback in SQL. The revision of a row fences off whoever read it earlier. */
export function createFeedbackOutbox(store: Store): FeedbackOutbox {
  const locking = store.dialect === "postgres";
  const select = (db: Db) =>
    db
      .selectFrom("feedback_outbox")
      .innerJoin("rating_changes", (join) =>
        join
          .onRef("rating_changes.match_id", "=", "feedback_outbox.match_id")
          .onRef("rating_changes.agent_id", "=", "feedback_outbox.agent_id"),
      )
      .selectAll("feedback_outbox")
      .select(["opponent_id", "outcome", "elo_before", "elo_after"]);
  type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

  return {
    async next(chainId) {
      const row = await store.read(
        async (db) =>
          (await select(db).where(isInFlight).where("chain_id", "=", chainId).limit(1).executeTakeFirst()) ??
          (await select(db).where(isQueued).orderBy("feedback_outbox.id").limit(1).executeTakeFirst()),
      );
      return row === undefined ? null : feedbackOf(row);
    },

    advance: (feedback, step, chainId, now) =>
      store.transact(async (db) => {
        if (locking && step.state === "signed") await sql`SELECT pg_advisory_xact_lock(${SIGN_LOCK})`.execute(db);
        const row = await db
          .selectFrom("feedback_outbox")
          .select("id")
          .where("id", "=", feedback.id)
          .where("revision", "=", feedback.revision)
          .$if(locking, (query) => query.forUpdate())
          .executeTakeFirst();
        if (row === undefined) return false;
        if (step.state === "signed") {
          const { signer, nonce } = step.transaction;
          const other = await db
            .selectFrom("feedback_outbox")
            .select("id")
            .where("chain_id", "=", chainId)
            .where("signer", "=", signer)
            .where((eb) => eb.or([isInFlight, eb("nonce", "=", nonce)]))
            .limit(1)
            .executeTakeFirst();
          if (other !== undefined || nonce <= (await spentNonce(db, chainId, signer))) return false;
        }
        await db
          .updateTable("feedback_outbox")
          .set((eb) => ({ ...columnsOf(step, chainId), revision: eb("revision", "+", 1), changed_at: now }))
          .where("id", "=", feedback.id)
          .execute();
        return true;
      }),

    async lastNonce(chainId, signer) {
      return store.read(async (db) => {
        const { last } = await db
          .selectFrom("feedback_outbox")
          .select((eb) => eb.fn.max("nonce").as("last"))
          .where("chain_id", "=", chainId)
          .where("signer", "=", signer)
          .executeTakeFirstOrThrow();
        // Read after it: what goes from the one is in the other by then.
        const highest = Math.max(last ?? NONE, await spentNonce(db, chainId, signer));
        return highest === NONE ? null : highest;
      });
    },

    async unposted(chainId, agentId) {
      const rows = await store.read((db) =>
        select(db)
          .where(isOnItsWay)
          .where("feedback_outbox.agent_id", "=", agentId.toString())
          .where((eb) => eb.or([isQueued, eb("chain_id", "=", chainId)]))
          .execute(),
      );
      return rows.map(feedbackOf);
    },

    async nextBlock({ chainId, registry, signer }) {
      const row = await store.read((db) =>
        db
          .selectFrom("feedback_cursors")
          .select("next_block")
          .where("chain_id", "=", chainId)
          .where("registry", "=", registry)
          .where("signer", "=", signer)
          .executeTakeFirst(),
      );
      return row?.next_block ?? null;
    },

    async goOn({ chainId, registry, signer }, nextBlock) {
      await store.transact((db) =>
        db
          .insertInto("feedback_cursors")
          .values({ chain_id: chainId, registry, signer, next_block: nextBlock })
          .onConflict((conflict) =>
            conflict
              .columns(["chain_id", "registry", "signer"])
              .doUpdateSet({ next_block: nextBlock })
              .where("feedback_cursors.next_block", "<", nextBlock),
          )
          .execute(),
      );
    },

    async count() {
      const rows = await store.read((db) =>
        db
          .selectFrom("feedback_outbox")
          .select((eb) => ["state", eb.fn.countAll<number>().as("total")])
          .where(isUnposted)
          .groupBy("state")
          .execute(),
      );
      return {
        queued: 0,
        signed: 0,
        sent: 0,
        dead: 0,
        ...Object.fromEntries(rows.map((row) => [row.state, row.total])),
      };
    },
  };

  function feedbackOf(row: Row): QueuedFeedback {
    const isSigned = row.state === "signed" || row.state === "sent";
    return {
      id: row.id,
      revision: row.revision,
      state: row.state,
      agentId: BigInt(row.agent_id),
      matchId: row.match_id,
      opponentId: BigInt(row.opponent_id),
      outcome: row.outcome,
      before: row.elo_before,
      after: row.elo_after,
      at: row.created_at,
      transaction: isSigned ? { signer: row.signer!, nonce: row.nonce!, hash: row.tx_hash!, raw: row.tx_raw! } : null,
    };
  }
}

/** Below every nonce. */
const NONE = -1;

/** The highest nonce among feedback that is not kept any more. */
async function spentNonce(db: Db, chainId: number, signer: string): Promise<number> {
  const row = await db
    .selectFrom("spent_nonces")
    .select("nonce")
    .where("chain_id", "=", chainId)
    .where("signer", "=", signer)
    .executeTakeFirst();
  return row?.nonce ?? NONE;
}

function columnsOf(step: FeedbackStep, chainId: number) {
  switch (step.state) {
    case "signed": {
      const { signer, nonce, hash, raw } = step.transaction;
      return { state: step.state, chain_id: chainId, signer, nonce, tx_hash: hash, tx_raw: raw };
    }
    case "queued":
      return { state: step.state, chain_id: null, signer: null, nonce: null, tx_hash: null, tx_raw: null };
    case "dead":
      return { state: step.state, reason: step.reason };
    case "sent":
    case "confirmed":
      return { state: step.state };
  }
}
