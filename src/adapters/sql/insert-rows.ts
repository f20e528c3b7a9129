import { CompiledQuery } from "kysely";
import type { DialectName } from "./dialect.ts";
import type { Db } from "./store.ts";
import type { Tables } from "./tables.ts";

/** The values of one row, in the order of the columns. */
export type RowValues = readonly (string | number | null)[];

/**
 * How many rows SQLite takes at once: for each statement it counts on what numbers it has given, and is begun and ended,
 * which takes as long as half a row.
 */
const AT_ONCE = 8;

/**
 * Inserts rows of the same columns in their order, however many they are, with statements whose text is always the same:
 * SQLite takes so many at once, and what is left one by one; PostgreSQL takes them all as one list a column.
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
    const row = `(${names.map(() => "?").join(", ")})`;
    const one = CompiledQuery.raw(`${into} VALUES ${row}`);
    const some = CompiledQuery.raw(`${into} VALUES ${Array.from({ length: AT_ONCE }, () => row).join(", ")}`);
    return async (db, rows) => {
      let at = 0;
      for (; at + AT_ONCE <= rows.length; at += AT_ONCE) {
        await db.executeQuery({ ...some, parameters: rows.slice(at, at + AT_ONCE).flat() });
      }
      for (; at < rows.length; at++) await db.executeQuery({ ...one, parameters: rows[at]! });
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
