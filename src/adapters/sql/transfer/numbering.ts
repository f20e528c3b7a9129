import { sql } from "kysely";
import type { DialectName } from "../dialect.ts";
import type { Db } from "../store.ts";

/** The highest number that was ever given to a row of a table; 0 if none was. */
export async function lastNumber(db: Db, dialect: DialectName, table: string): Promise<number> {
  const asked =
    dialect === "sqlite"
      ? sql<{ last: number }>`SELECT seq AS last FROM sqlite_sequence WHERE name = ${table}`
      : sql<{ last: number }>`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last
          FROM ${sql.raw(await sequenceOf(db, table))}`;
  const { rows } = await asked.execute(db);
  return rows[0]?.last ?? 0;
}

/** Goes on behind `last`, which no row of the table exceeds. */
export async function continueAfter(db: Db, dialect: DialectName, table: string, last: number): Promise<void> {
  if (dialect === "sqlite") {
    await sql`DELETE FROM sqlite_sequence WHERE name = ${table}`.execute(db);
    await sql`INSERT INTO sqlite_sequence (name, seq) VALUES (${table}, ${last})`.execute(db);
    return;
  }
  const sequence = await sequenceOf(db, table);
  await sql`SELECT setval(${sequence}::regclass, ${Math.max(1, last)}, ${last > 0})`.execute(db);
}

/** Its name, with quotes where it needs them. */
async function sequenceOf(db: Db, table: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`SELECT pg_get_serial_sequence(${table}, 'id') AS name`.execute(db);
  return rows[0]!.name;
}
