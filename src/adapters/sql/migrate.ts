import { sql } from "kysely";
import { SchemaTooNew } from "../../ports/migrations.ts";
import type { MigrationState } from "../../ports/migrations.ts";
import { dialects, type DialectName } from "./dialect.ts";
import { migrations } from "./migrations/all.ts";
import type { Db, Store } from "./store.ts";

/** Every migration there is, as it stands in an empty database. */
export const knownMigrations: readonly MigrationState[] = migrations.map(({ number, name }) => ({
  number,
  name,
  appliedAt: null,
}));

/**
 * Brings the schema up to date and says which migrations it took. All of them are one transaction, under a lock: of
 * nodes that start at once, one applies them and the others find them applied.
 *
 * @throws {SchemaTooNew} and changes nothing
 */
export function migrate(store: Store, now: number): Promise<readonly MigrationState[]> {
  return store.exclusively(async (db) => (await migrateWithin(db, store.dialect, now)).taken);
}

/** How a schema stands after migrations: which were taken, the newest it has and the newest there is. */
export interface Migrated {
  readonly taken: readonly MigrationState[];
  readonly has: number;
  readonly known: number;
}

/**
 * The same inside a transaction that is exclusive already, and up to the migration `upTo` only.
 *
 * @throws {SchemaTooNew}
 */
export async function migrateWithin(db: Db, dialect: DialectName, now: number, upTo = Infinity): Promise<Migrated> {
  await sql`CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`.execute(db);
  const done = new Set((await applied(db)).map(({ number }) => number));
  const taken: MigrationState[] = [];
  for (const { number, name, statements } of migrations) {
    if (done.has(number) || number > upTo) continue;
    for (const statement of statements(dialects[dialect])) await sql.raw(statement).execute(db);
    await db.insertInto("migrations").values({ number, name, applied_at: now }).execute();
    taken.push({ number, name, appliedAt: now });
  }
  const has = Math.max(0, ...done, ...taken.map(({ number }) => number));
  return { taken, has, known: migrations.at(-1)!.number };
}

/**
 * Every known migration, and whether this database has it. Changes nothing.
 *
 * @throws {SchemaTooNew}
 */
export async function migrationStatus(store: Store): Promise<readonly MigrationState[]> {
  const rows = await store.read(async (db) => ((await hasTable(db, store)) ? applied(db) : []));
  const times = new Map(rows.map(({ number, applied_at }) => [number, applied_at]));
  return knownMigrations.map((known) => ({ ...known, appliedAt: times.get(known.number) ?? null }));
}

async function applied(db: Db) {
  const rows = await db.selectFrom("migrations").selectAll().orderBy("number").execute();
  const last = migrations.at(-1)!.number;
  const newer = rows.find(({ number }) => number > last);
  if (newer !== undefined) throw new SchemaTooNew(newer.number, newer.name, last);
  return rows;
}

async function hasTable(db: Db, store: Store): Promise<boolean> {
  const found =
    store.dialect === "sqlite"
      ? sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`
      : sql`SELECT 1 WHERE to_regclass('migrations') IS NOT NULL`;
  return (await found.execute(db)).rows.length > 0;
}
