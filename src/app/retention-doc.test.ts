import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { migrate } from "../adapters/sql/migrate.ts";
import { openSqlite } from "../adapters/sql/sqlite/store.ts";
import { settingNames } from "./config/settings.ts";

const document = readFileSync(resolve(import.meta.dir, "../../docs/retention.md"), "utf8");
const records = document.slice(document.indexOf("## Records"), document.indexOf("## Redis"));
const folder = mkdtempSync(join(tmpdir(), "rendezvous-retention-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("docs/retention.md says of every table when its rows go, and of no other", async () => {
  const store = openSqlite({ folder });
  await migrate(store, 0);
  const { rows } = await store.read((db) =>
    sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`.execute(db),
  );
  await store.close();
  const ruled = [...records.matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]+ \|$/gm)].map(([, table]) => table!);
  expect(ruled.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

test("it names every setting of an age", () => {
  const ages = settingNames.filter((name) => name.endsWith("_RETENTION_DAYS"));
  expect(ages.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});
