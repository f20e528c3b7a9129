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
    const text = `${into} VALUES (${names.map(() => "?").join(", ")})`;
    return async (db, rows) => {
      for (const row of rows) await db.executeQuery(CompiledQuery.raw(text, [...row]));
    };
  }
  const lists = Object.values(columns).map((type, at) => `$${at + 1}::${type}[]`);
  const text =
    `${into} SELECT ${names.join(", ")} FROM unnest(${lists.join(", ")})` +
    ` WITH ORDINALITY AS list (${names.join(", ")}, place) ORDER BY place`;
  return async (db, rows) => {
    const values = names.map((_, at) => rows.map((row) => row[at]!));
    await db.executeQuery(CompiledQuery.raw(text, values));
  };
}
