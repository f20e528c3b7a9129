import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { migrate } from "../migrate.ts";
import { openSqlite } from "../sqlite/store.ts";
import { leftTables, movedTables, SUMS } from "./tables.ts";

const folder = mkdtempSync(join(tmpdir(), "rendezvous-transfer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every table of the schema is moved with the records, or said to stay", async () => {
  const store = openSqlite({ folder });
  await migrate(store, 0);
  const ask = <Row>(query: string) => store.read(async (db) => (await sql.raw<Row>(query).execute(db)).rows);
  const tables = await ask<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  const known = [...movedTables.map(({ name }) => name), SUMS, ...leftTables];
  expect(known.toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  for (const { name, key } of movedTables) {
    const columns = await ask<{ name: string; pk: number }>(`SELECT name, pk FROM pragma_table_info('${name}')`);
    const keys = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk);
    expect([name, keys.map((column) => column.name)]).toEqual([name, [...key]]);
  }
  await store.close();
});

test("a table stands behind those that it refers to", async () => {
  const store = openSqlite({ folder });
  const names = movedTables.map(({ name }) => name);
  for (const [at, name] of names.entries()) {
    const { rows } = await store.read((db) =>
      sql<{ table: string }>`SELECT "table" FROM pragma_foreign_key_list(${name})`.execute(db),
    );
    for (const { table } of rows) expect([name, table, names.indexOf(table) < at]).toEqual([name, table, true]);
  }
  await store.close();
});
