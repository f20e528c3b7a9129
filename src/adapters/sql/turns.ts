import type { Turns } from "../../ports/turns.ts";
import type { Store } from "./store.ts";

/** Turns in SQL. */
export function createTurns(store: Store): Turns {
  return {
    take: (work, holder, now, forMs) =>
      store.transact(async (db) => {
        const mine = await db
          .insertInto("turns")
          .values({ work, holder, expires_at: now + forMs })
          .onConflict((conflict) =>
            conflict
              .column("work")
              .doUpdateSet({ holder, expires_at: now + forMs })
              .where((eb) => eb.or([eb("turns.holder", "=", holder), eb("turns.expires_at", "<=", now)])),
          )
          .returning("work")
          .executeTakeFirst();
        return mine !== undefined;
      }),

    async leave(work, holder) {
      await store.transact((db) =>
        db.deleteFrom("turns").where("work", "=", work).where("holder", "=", holder).execute(),
      );
    },
  };
}
