import { sql } from "kysely";
import type { DialectName } from "../dialect.ts";
import type { Db } from "../store.ts";
import { columnsOf } from "./columns.ts";
import { SUMS } from "./tables.ts";

/** The columns that are added up. */
export async function sumColumns(db: Db, dialect: DialectName): Promise<readonly string[]> {
  return (await columnsOf(db, dialect, SUMS)).map(({ name }) => name).filter((name) => name !== "shard");
}

/** What the rows of the tallies add up to, in the order of the columns. */
export async function readSums(db: Db, columns: readonly string[]): Promise<readonly number[]> {
  const sums = columns.map((column) => sql`CAST(SUM(${sql.ref(column)}) AS BIGINT) AS ${sql.ref(column)}`);
  const { rows } = await sql<Record<string, number>>`SELECT ${sql.join(sums)} FROM ${sql.table(SUMS)}`.execute(db);
  return columns.map((column) => rows[0]![column]!);
}

export async function writeSums(db: Db, columns: readonly string[], sums: readonly number[]): Promise<void> {
  const set = columns.map(
    (column, at) => sql`${sql.ref(column)} = CASE WHEN shard = 0 THEN ${sql.lit(sums[at]!)} ELSE 0 END`,
  );
  await sql`UPDATE ${sql.table(SUMS)} SET ${sql.join(set)}`.execute(db);
}

/**
 * Runs `work` without the triggers that keep the sums, where those could not keep up: a transaction that changes the
 * same row a hundred thousand times looks through ever more versions of it.
 */
export async function withoutSumming(db: Db, dialect: DialectName, work: () => Promise<void>): Promise<void> {
  if (dialect === "sqlite") return work();
  const tables = ["hosts", "zones", "sessions"];
  for (const table of tables) await sql`ALTER TABLE ${sql.table(table)} DISABLE TRIGGER USER`.execute(db);
  await work();
  for (const table of tables) await sql`ALTER TABLE ${sql.table(table)} ENABLE TRIGGER USER`.execute(db);
}
