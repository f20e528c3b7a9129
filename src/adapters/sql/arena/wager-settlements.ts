import { sql } from "kysely";
import type { WagerSettlements } from "../../../ports/wager-settlements.ts";
import type { Store } from "../store.ts";

/** A literal, as in the indexes: a parameter could be anything. */
const isAccepted = sql<boolean>`wager_status = 'accepted'`;

/** What is known of a Wager contract's payments, in SQL. */
export function createWagerSettlements(store: Store): WagerSettlements {
  return {
    async oldestAccepted(since) {
      const row = await store.read((db) =>
        db
          .selectFrom("matches")
          .select("created_at")
          .where(isAccepted)
          .where("created_at", ">", since)
          // The contract pays a winner, whom two signatures name: there is none of a match that expired, or was drawn.
          .where((eb) => eb.or([eb("status", "=", "playing"), eb("winner", "is not", null)]))
          .orderBy("created_at")
          .limit(1)
          .executeTakeFirst(),
      );
      return row?.created_at ?? null;
    },

    async accepted(wagerIds) {
      if (wagerIds.length === 0) return [];
      const rows = await store.read((db) =>
        db
          .selectFrom("matches")
          .select(["match_id", "wager_id"])
          .where(isAccepted)
          .where("wager_id", "in", wagerIds.map(String))
          .execute(),
      );
      return rows.map(({ match_id, wager_id }) => ({ matchId: match_id, wagerId: BigInt(wager_id!) }));
    },

    async nextBlock(chainId, contract) {
      const row = await store.read((db) =>
        db
          .selectFrom("wager_cursors")
          .select("next_block")
          .where("chain_id", "=", chainId)
          .where("contract", "=", contract)
          .executeTakeFirst(),
      );
      return row?.next_block ?? null;
    },

    async settle(matchIds, chainId, contract, nextBlock) {
      await store.transact(async (db) => {
        if (matchIds.length > 0) {
          await db
            .updateTable("matches")
            .set({ wager_status: "settled" })
            .where("match_id", "in", matchIds)
            .where(isAccepted)
            .execute();
        }
        await db
          .insertInto("wager_cursors")
          .values({ chain_id: chainId, contract, next_block: nextBlock })
          .onConflict((conflict) =>
            conflict
              .columns(["chain_id", "contract"])
              .doUpdateSet({ next_block: nextBlock })
              .where("wager_cursors.next_block", "<", nextBlock),
          )
          .execute();
      });
    },
  };
}
