import type { AuditEntry, AuditRecords } from "../../ports/audit-records.ts";
import { forgetInAudit } from "./persons/acts.ts";
import type { Store } from "./store.ts";
import type { AuditEntryRow } from "./tables.ts";

/** What operators have done, in SQL. */
export function createAuditRecords(store: Store): AuditRecords {
  return {
    async begin(entry) {
      const row = await store.transact((db) =>
        db
          .insertInto("audit_entries")
          .values({ ...entry, outcome: "begun", detail: null })
          .returning("id")
          .executeTakeFirstOrThrow(),
      );
      return row.id;
    },

    async settle(id, outcome, detail) {
      await store.transact((db) =>
        db
          .updateTable("audit_entries")
          .set({ outcome, detail })
          .where("id", "=", id)
          .where("outcome", "=", "begun")
          .execute(),
      );
    },

    async find(id) {
      const row = await store.read((db) =>
        db.selectFrom("audit_entries").selectAll().where("id", "=", id).executeTakeFirst(),
      );
      return row === undefined ? null : entryOf(row);
    },

    async list({ outcome, before, limit }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("audit_entries")
          .selectAll()
          .$if(outcome !== undefined, (query) => query.where("outcome", "=", outcome!))
          .$if(before !== undefined, (query) => query.where("id", "<", before!))
          .orderBy("id", "desc")
          .limit(limit)
          .execute(),
      );
      return rows.map(entryOf);
    },

    forget: (named) => store.transact((db) => forgetInAudit(store, db, named)),
  };
}

function entryOf({ id, at, who, action, kind, target, outcome, detail }: AuditEntryRow): AuditEntry {
  return { id, at, who, action, kind, target, outcome, detail };
}
