import type { ZoneRecords } from "../../ports/zone-records.ts";
import { isOpen } from "./end-sessions.ts";
import { zoneColumns, zoneOf } from "./rows.ts";
import type { Db, Store } from "./store.ts";

/** Zones in SQL. */
export function createZoneRecords(store: Store): ZoneRecords {
  const rowOf = (db: Db, zoneId: string) => db.selectFrom("zones").selectAll().where("zone_id", "=", zoneId);
  return {
    create: (zoneId, settings, now) =>
      store.transact(async (db) => {
        const row = await db
          .insertInto("zones")
          .values({ zone_id: zoneId, ...zoneColumns(settings), created_at: now })
          .onConflict((conflict) => conflict.column("zone_id").doNothing())
          .returningAll()
          .executeTakeFirst();
        return row === undefined ? null : zoneOf(row);
      }),

    update: (zoneId, changes, check) =>
      store.transact(async (db) => {
        const row = await rowOf(db, zoneId)
          .$if(store.dialect === "postgres", (query) => query.forUpdate())
          .executeTakeFirst();
        if (row === undefined) return null;
        const { most } = await db
          .selectFrom("sessions")
          .select((eb) => eb.fn.max("current_players").as("most"))
          .where("zone", "=", row.id)
          .where(isOpen)
          .executeTakeFirstOrThrow();
        const zone = zoneOf(row);
        check(zone, most ?? 0);
        const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
        const after = await db
          .updateTable("zones")
          .set(zoneColumns({ ...zone, ...given }))
          .where("id", "=", row.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        return zoneOf(after);
      }),

    async find(zoneId) {
      const row = await store.read((db) => rowOf(db, zoneId).executeTakeFirst());
      return row === undefined ? null : zoneOf(row);
    },

    async list({ p2pEnabled, status, limit, offset }) {
      const rows = await store.read((db) =>
        db
          .selectFrom("zones")
          .selectAll()
          .$if(p2pEnabled !== undefined, (query) => query.where("p2p_enabled", "=", p2pEnabled ? 1 : 0))
          .$if(status !== undefined, (query) => query.where("status", "=", status!))
          .orderBy("p2p_priority", "desc")
          .orderBy("zone_name")
          .orderBy("id")
          .limit(limit)
          .offset(offset)
          .execute(),
      );
      return rows.map(zoneOf);
    },
  };
}
