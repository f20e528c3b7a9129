import { CompiledQuery } from "kysely";
import type { DialectName } from "./dialect.ts";
import type { Db } from "./store.ts";
import type { Tables } from "./tables.ts";

/** The values of one row, in the order of the columns. */
export type RowValues = readonly (string | number | null)[];

/**
 * How many rows SQLite takes at once, at most: to begin and end a statement, and to note the last number that it gave,
 * takes it as long as half a row. Each number of rows has a text of its own.
 */
const AT_ONCE = 16;

/**
 * Inserts rows of the same columns in their order, however many they are, with few different statements: SQLite has one
 * for each number of rows up to some; PostgreSQL takes them all as one list a column.
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
    const queries = Array.from({ length: AT_ONCE }, (_, more) =>
      CompiledQuery.raw(`${into} VALUES ${row}${`, ${row}`.repeat(more)}`),
    );
    return async (db, rows) => {
      for (let at = 0; at < rows.length; at += AT_ONCE) {
        const some = rows.slice(at, at + AT_ONCE);
        await db.executeQuery({ ...queries[some.length - 1]!, parameters: some.flat() });
      }
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
