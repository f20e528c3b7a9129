import type { SessionRef } from "../../ports/session-records.ts";
import type { Db, Store } from "./store.ts";
import type { SessionRow } from "./tables.ts";

/** The query for one session. */
export function sessionRow(db: Db, ref: SessionRef) {
  const all = db.selectFrom("sessions").selectAll();
  return "id" in ref ? all.where("id", "=", ref.id) : all.where("public_id", "=", ref.publicId);
}

/** The session, and nobody else changes it until this transaction is over. */
export function lockedSession(store: Store, db: Db, ref: SessionRef): Promise<SessionRow | undefined> {
  return sessionRow(db, ref)
    .$if(store.dialect === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
}
