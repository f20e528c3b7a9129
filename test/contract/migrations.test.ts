import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownMigrations, migrate, migrationStatus } from "../../src/adapters/sql/migrate.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { openSqlite } from "../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { SchemaTooNew } from "../../src/ports/migrations.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { ourProgram } from "../support/our-program.ts";

let postgres: RunningPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "rendezvous-migrations-"));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
/** An empty database, and the settings with which a node finds it. */
interface Database {
  readonly settings: Readonly<Record<string, string>>;
  open(): Store;
}
const databases: Readonly<Record<string, () => Promise<Database>>> = {
  async SQLite() {
    const own = join(folder, `${made++}`);
    return { settings: { DATA_DIR: own }, open: () => openSqlite({ folder: own }) };
  },
  async PostgreSQL() {
    const url = await postgres.createDatabase();
    return { settings: { DATABASE_URL: url }, open: () => openPostgres({ url }) };
  },
};

/** A node of its own process, as far as its migrations; says how many it applied. */
async function migrateInAProcess(settings: Readonly<Record<string, string>>): Promise<number> {
  const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, "migrate", "--json"], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", LOG_LEVEL: "warn", ...settings },
    stdout: "pipe",
  });
  const { ok, migrations } = JSON.parse(await new Response(child.stdout).text());
  expect(ok).toBe(true);
  return migrations.length;
}

for (const [adapter, makeDatabase] of Object.entries(databases)) {
  describe(`migrations on ${adapter}`, () => {
    let database: Database;
    let store: Store;
    beforeEach(async () => {
      database = await makeDatabase();
      store = database.open();
    });
    afterEach(() => store.close());

    const numbers = (states: readonly { readonly number: number }[]): readonly number[] =>
      states.map(({ number }) => number);
    const all = numbers(knownMigrations);

    test("are numbered from 1 without a gap", () => {
      expect(all).toEqual(all.map((_, at) => at + 1));
    });

    test("are applied once, in order, and their status says when", async () => {
      expect(await migrationStatus(store)).toEqual(knownMigrations);
      expect(numbers(await migrate(store, 1_234))).toEqual(all);
      expect(await migrate(store, 5_678)).toEqual([]);
      expect(await migrationStatus(store)).toEqual(knownMigrations.map((known) => ({ ...known, appliedAt: 1_234 })));
    });

    test("nodes that start at once apply them once", async () => {
      const applied = await Promise.all(Array.from({ length: 4 }, () => migrateInAProcess(database.settings)));
      expect(applied.sort((one, other) => one - other)).toEqual([0, 0, 0, all.length]);
      expect(await migrate(store, 0)).toEqual([]);
    });

    test("a database of a newer version is refused, and left as it is", async () => {
      await migrate(store, 0);
      await store.transact((db) =>
        db.insertInto("migrations").values({ number: 9_999, name: "things to come", applied_at: 0 }).execute(),
      );
      await expect(migrate(store, 0)).rejects.toThrow(SchemaTooNew);
      await expect(migrationStatus(store)).rejects.toThrow(/9999 \(things to come\).*newer/);
    });

    test("of a step that fails, nothing stays", async () => {
      const failing = store.exclusively(async (db) => {
        await db.schema.createTable("half_way").addColumn("id", "integer").execute();
        throw new RangeError("no");
      });
      await expect(failing).rejects.toThrow(RangeError);
      const read = store.read((db) =>
        db
          .selectFrom("half_way" as "hosts")
          .selectAll()
          .execute(),
      );
      await expect(read).rejects.toThrow(/half_way/);
      expect(numbers(await migrate(store, 0))).toEqual(all);
    });
  });
}
