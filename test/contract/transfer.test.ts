import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { migrateWithin } from "../../src/adapters/sql/migrate.ts";
import { exportRecords } from "../../src/adapters/sql/transfer/export.ts";
import { importRecords } from "../../src/adapters/sql/transfer/import.ts";
import { movedTables } from "../../src/adapters/sql/transfer/tables.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { fillRecords } from "../support/filled-records.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { emptyPostgres, postgresRecords, sqliteRecords, emptySqlite, type TestRecords } from "../support/records.ts";
import { recount } from "../support/recount.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const opened: { close(): Promise<void> }[] = [];
const opening = async <One extends { close(): Promise<void> }>(made: Promise<One>): Promise<One> => {
  const one = await made;
  opened.push(one);
  return one;
};
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const sqlite = {
  full: (): Promise<TestRecords> => opening(sqliteRecords()),
  empty: (): Promise<{ readonly store: Store }> => opening(emptySqlite()),
};
const stores = {
  SQLite: sqlite,
  PostgreSQL: {
    full: (): Promise<TestRecords> => opening(postgresRecords(postgres)),
    empty: (): Promise<{ readonly store: Store }> => opening(emptyPostgres(postgres)),
  },
};

async function exported(store: Store): Promise<string> {
  const parts: string[] = [];
  await exportRecords(store, { version: "1.2.3", now: 0, write: async (text) => void parts.push(text) });
  return parts.join("");
}

/** In pieces that end anywhere, also within a letter. */
async function* inPieces(text: string, size = 4_093): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const take = (store: Store, text: string) => importRecords(store, inPieces(text), 5);

async function isEmpty(store: Store): Promise<boolean> {
  const counts = await store.read((db) =>
    Promise.all(
      movedTables.map(async ({ name }) => {
        const asked = sql<{ there: number }>`SELECT COUNT(*) AS there FROM ${sql.table(name)}`;
        return asked.execute(db).then(
          ({ rows }) => rows[0]!.there,
          () => 0,
        );
      }),
    ),
  );
  return counts.every((count) => count === 0);
}

for (const [from, source] of Object.entries(stores)) {
  for (const [to, target] of Object.entries(stores)) {
    test(`records of every table go from ${from} to ${to} as they are`, async () => {
      const { store, tallies } = await source.full();
      await fillRecords(store);
      const text = await exported(store);
      const other = (await target.empty()).store;
      const counts = await take(other, text);
      expect(Object.keys(counts)).toEqual(movedTables.map(({ name }) => name));
      expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
      // What comes out again is what went in: every value, every sum, and the number that the next row gets.
      expect(await exported(other)).toBe(text);
      expect(await tallies.read()).toMatchObject({ hosts: { total: 1_202 } });
      expect(await recount(other)).toEqual(await recount(store));
    });
  }
}

for (const [name, { full, empty }] of Object.entries(stores)) {
  describe(`records moved to ${name}`, () => {
    test("go on where they were: sums follow, and no number is given twice", async () => {
      const source = await sqlite.full();
      await fillRecords(source.store, { hosts: 3 });
      const target = await full();
      await take(target.store, await exported(source.store));
      // The third host is gone, and its number with it.
      const zone = await target.store.transact((db) =>
        sql<{ id: number }>`INSERT INTO zones (zone_id, zone_name, zone_display_name, map_name, max_players,
          recommended_players, p2p_enabled, p2p_priority, min_host_quality_score, min_bandwidth_mbps, status, created_at)
          VALUES ('zone-3', 'z', 'z', 'm', 1, 1, 1, 1, 1, 1, 'ENABLED', 1) RETURNING id`.execute(db),
      );
      expect(zone.rows).toEqual([{ id: 3 }]);
      const hosts = await target.store.transact((db) =>
        sql<{
          id: number;
        }>`INSERT INTO hosts (host_id, player_id, player_name, ip_address, port, max_players, max_zones,
          ice_servers, latency_ms, packet_loss_percent, bandwidth_usage_mbps, current_players, quality_score, created_at,
          last_seen_at) VALUES ('host-x', 'p', 'p', 'i', 1, 1, 1, '[]', 1, 1, 1, 0, 1, 1, 1) RETURNING id`.execute(db),
      );
      expect(hosts.rows).toEqual([{ id: 4 }]);
      expect(await target.tallies.read()).toEqual(await recount(target.store));
    });

    test("do not mix with what is there", async () => {
      const source = await sqlite.full();
      const target = await full();
      await fillRecords(target.store, { hosts: 2 });
      const before = await exported(target.store);
      await expect(take(target.store, await exported(source.store))).rejects.toThrow(/not empty \(hosts, zones, /);
      expect(await exported(target.store)).toBe(before);
    });

    test("are refused as a whole, with the line, if anything is wrong with them", async () => {
      const source = await sqlite.full();
      await fillRecords(source.store, { hosts: 3 });
      const text = await exported(source.store);
      const lines = text.split("\n");
      const line = (part: string): number => lines.findIndex((one) => one.includes(part));
      const changed = (at: number, change: (line: string) => string): string =>
        lines.map((one, index) => (index === at ? change(one) : one)).join("\n");
      const { store } = await empty();
      for (const [broken, says] of [
        ["", /Line 1 is no header/],
        ["hello\n", /Line 1 is no JSON/],
        ['{"table":"hosts"}\n', /Line 1 is no header/],
        [changed(0, (one) => one.replace('"format":1', '"format":2')), /version 1\.2\.3, which is newer/],
        [changed(0, (one) => one.replace(/"schema":\d+/, '"schema":999')), /which is newer/],
        [changed(line('"host-0"'), (one) => one.slice(1)), /Line 3 is no JSON/],
        [changed(line('"host-0"'), (one) => one.replace("65535", '"65535"')), /Line 3: hosts\.port must be an integer/],
        [changed(line('"host-0"'), () => "[1]"), /Line 3 has 1 values, but hosts has \d+ columns/],
        [changed(line('"host-1"'), (one) => one.replace("[2,", "[1,")), /lines 3 to 4 does not fit into hosts/],
        [changed(line('"table":"zones"'), (one) => one.replace('"zone_id"', '"zone"')), /zones has no column zone/],
        [changed(line('"table":"zones"'), (one) => one.replace('"zones"', '"domains"')), /not know: domains/],
        [changed(line('"host-0"'), (one) => one.replace("65535", "65534")), /checksum is wrong/],
        [lines.toSpliced(line('"host-0"'), 1).join("\n"), /checksum is wrong/],
        [lines.slice(0, -2).join("\n") + "\n", /The end is missing/],
        [text.slice(0, 4_000), /Line \d+ is cut off/],
        [text + text, /stands behind the end/],
      ] as const) {
        await expect(take(store, broken)).rejects.toThrow(says);
        expect(await isEmpty(store)).toBe(true);
      }
      await take(store, text);
      expect(await exported(store)).toBe(text);
    });

    test("of an older schema are brought up to date, and go into no newer one", async () => {
      const source = await sqlite.full();
      const text = (await exported(source.store)).replace(/"schema":\d+/, '"schema":1');
      const only = text.split("\n").filter((one) => /"schema"|"(zones|session_players)"/.test(one));
      const body = `${only.slice(0, 2).join("\n").replace(',"players_forgotten"', "")}\n`;
      const sha256 = new Bun.CryptoHasher("sha256").update(body).digest("hex");
      const old = `${body}${JSON.stringify({ end: true, rows: { zones: 0 }, sha256 })}\n`;
      const { store } = await empty();
      await take(store, old);
      const latest = await store.exclusively((db) => migrateWithin(db, store.dialect, 0));
      expect(latest).toMatchObject({ taken: [], has: latest.known });
      await expect(take((await full()).store, old)).rejects.toThrow(/have schema 1, and the database has \d+ already/);
    });

    test("are written down as they stood at one moment", async () => {
      const { store } = await full();
      await fillRecords(store, { hosts: 2 });
      const before = await exported(store);
      const parts: string[] = [];
      const write = async (text: string): Promise<void> => {
        // From the first look on, which the names of the first columns take.
        if (parts.length === 1) {
          await store.transact((db) => db.deleteFrom("contacts").execute());
          await store.transact((db) => db.updateTable("accounts").set({ created_at: 77 }).execute());
        }
        parts.push(text);
      };
      await exportRecords(store, { version: "1.2.3", now: 0, write });
      expect(parts.join("")).toBe(before);
      expect(await exported(store)).not.toBe(before);
    });
  });
}
