import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { createRecords, type Records } from "../../src/adapters/sql/records.ts";
import { openSqlite } from "../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { eventually } from "./eventually.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** An empty database with the schema in it. */
export interface TestRecords extends Records {
  readonly store: Store;
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

/** Makes an empty database; two calls give two that know nothing of each other. */
export type MakeRecords = () => Promise<TestRecords>;

export async function recordsOn({ store, close }: EmptyDatabase): Promise<TestRecords> {
  const clock = createVirtualClock();
  const records = createRecords(store, clock, systemRandom);
  await records.migrations.apply();
  return {
    ...records,
    store,
    clock,
    close,
  };
}

/** A database without a schema. */
export interface EmptyDatabase {
  readonly store: Store;
  close(): Promise<void>;
}

/** A file of its own. */
export async function emptySqlite(): Promise<EmptyDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-records-"));
  const store = openSqlite({ folder });
  const close = async (): Promise<void> => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { store, close };
}

/** A database of its own in a running server. */
export async function emptyPostgres(server: { createDatabase(): Promise<string> }): Promise<EmptyDatabase> {
  const store = openPostgres({ url: await server.createDatabase() });
  return { store, close: () => store.close() };
}

/** The same with the schema. */
export async function sqliteRecords(): Promise<TestRecords> {
  return recordsOn(await emptySqlite());
}

/** The same with the schema. */
export async function postgresRecords(server: { createDatabase(): Promise<string> }): Promise<TestRecords> {
  return recordsOn(await emptyPostgres(server));
}

/** Resolves once a transaction waits for another; where they come one after the other, at once. */
export async function oneWaits(store: Store): Promise<void> {
  if (store.dialect === "sqlite") return;
  await eventually("a transaction that waits", () =>
    store.read(async (db) => {
      const waiting = sql`SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE NOT l.granted AND a.datname = current_database()`;
      return (await waiting.execute(db)).rows.length > 0;
    }),
  );
}
