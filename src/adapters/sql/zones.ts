import type { ZoneFilter, ZoneRecords } from "../../ports/zone-records.ts";
import { isOpen } from "./end-sessions.ts";
import { filteredQuery, fixedQuery } from "./fixed-query.ts";
import { zoneColumns, zoneOf } from "./rows.ts";
import type { Db, Store } from "./store.ts";
import type { ZoneRow } from "./tables.ts";

/** What a list reads of a zone. */
type Listed = Pick<ZoneRow, "id" | "zone_id" | "zone_name" | "status" | "p2p_enabled">;

/** Zones in SQL. */
export function createZoneRecords(store: Store): ZoneRecords {
  const rowOf = (db: Db, zoneId: string) => db.selectFrom("zones").selectAll().where("zone_id", "=", zoneId);
  const ofId = fixedQuery<{ zoneId: string }, ZoneRow>((db, value) => rowOf(db, value("zoneId")));
  const listed = filteredQuery<ZoneFilter & { readonly enabled?: number | undefined }, Listed>(
    ["enabled", "status"],
    (db, value, has) =>
      db
        .selectFrom("zones")
        .select(["id", "zone_id", "zone_name", "status", "p2p_enabled"])
        .$if(has("enabled"), (query) => query.where("p2p_enabled", "=", value("enabled")))
        .$if(has("status"), (query) => query.where("status", "=", value("status")))
        .orderBy("p2p_priority", "desc")
        .orderBy("zone_name")
        .orderBy("id")
        .limit(value("limit"))
        .offset(value("offset")),
  );
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
      const [row] = await store.read((db) => ofId(db, { zoneId }));
      return row === undefined ? null : zoneOf(row);
    },

    async list(filter) {
      const enabled = filter.p2pEnabled === undefined ? undefined : Number(filter.p2pEnabled);
      return (await store.read((db) => listed(db, { ...filter, enabled }))).map((row) => ({
        id: row.id,
        zoneId: row.zone_id,
        zoneName: row.zone_name,
        status: row.status,
        p2pEnabled: row.p2p_enabled === 1,
      }));
    },
  };
}
