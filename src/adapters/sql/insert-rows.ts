import { CompiledQuery } from "kysely";
import type { DialectName } from "./dialect.ts";
import type { Db } from "./store.ts";
import type { Tables } from "./tables.ts";

/** The values of one row, in the order of the columns. */
export type RowValues = readonly (string | number | null)[];

/**
 * Inserts rows of the same columns in their order, however many they are, with statements whose text is always the same:
 * SQLite takes them one by one, which costs nothing there; PostgreSQL takes them all as one list a column.
 *
 * `columns`: their names, and their types in PostgreSQL.
 */
export function rowInserter(
  dialect: DialectName,
  table: keyof Tables,
  columns: Readonly<Record<string, "text" | "bigint">>,
): (db: Db, rows: readonly RowValues[]) => Promise<void> {
  const names = Object.keys(columns);
  const into = `INSERT INTO ${table} (${names.join(", ")})`;
  if (dialect === "sqlite") {
    const query = CompiledQuery.raw(`${into} VALUES (${names.map(() => "?").join(", ")})`);
    return async (db, rows) => {
      for (const row of rows) await db.executeQuery({ ...query, parameters: row });
    };
  }
  const lists = Object.values(columns).map((type, at) => `$${at + 1}::${type}[]`);
  const query = CompiledQuery.raw(
    `${into} SELECT ${names.join(", ")} FROM unnest(${lists.join(", ")})` +
      ` WITH ORDINALITY AS list (${names.join(", ")}, place) ORDER BY place`,
  );
  return async (db, rows) => {
    await db.executeQuery({ ...query, parameters: names.map((_, at) => rows.map((row) => row[at]!)) });
  };
}
