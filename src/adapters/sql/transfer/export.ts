import { createHash } from "node:crypto";
import { sql } from "kysely";
import { migrationStatus } from "../migrate.ts";
import type { Db, Store } from "../store.ts";
import { columnsOf, isNumbered, written, type Column } from "./columns.ts";
import { CannotMove, FORMAT, type Counts, type Header } from "./format.ts";
import { lastNumber } from "./numbering.ts";
import { readSums, sumColumns } from "./sums.ts";
import { movedTables, SUMS, type MovedTable } from "./tables.ts";

/** Rows that are in memory at once, and of those that carry bytes, up to 256 KiB each. */
const PAGE = 1_000;
const PAGE_WITH_BYTES = 16;

export interface Exporting {
  /** The version of the program. */
  readonly version: string;
  /** In ms since the epoch. */
  readonly now: number;
  /** Takes a part of the text; the next one comes when it has resolved. */
  write(text: string): Promise<void>;
}

/**
 * Writes down all records as they stand at one moment, in the format of `format.ts`. Others may go on reading and writing
 * meanwhile. Says how many rows of each table there were.
 *
 * @throws {CannotMove} if the schema is not up to date
 * @throws {SchemaTooNew} {StoreUnavailable}
 */
export async function exportRecords(store: Store, { version, now, write }: Exporting): Promise<Counts> {
  const states = await migrationStatus(store);
  if (states.some(({ appliedAt }) => appliedAt === null)) {
    throw new CannotMove("The schema is not up to date: run rendezvous migrate first.");
  }
  const hash = createHash("sha256");
  const put = (lines: readonly unknown[]): Promise<void> => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    hash.update(text);
    return write(text);
  };
  const counts: Record<string, number> = {};
  await store.snapshot(async (db) => {
    const schema = states.at(-1)!.number;
    const made_at = new Date(now).toISOString();
    await put([{ rendezvous: "records", format: FORMAT, schema, version, made_at } satisfies Header]);
    for (const table of movedTables) counts[table.name] = await exportTable(db, store, table, put);
    const columns = await sumColumns(db, store.dialect);
    await put([{ table: SUMS, columns, last_id: null }, await readSums(db, columns)]);
  });
  await write(`${JSON.stringify({ end: true, rows: counts, sha256: hash.digest("hex") })}\n`);
  return counts;
}

async function exportTable(
  db: Db,
  { dialect }: Store,
  table: MovedTable,
  put: (lines: readonly unknown[]) => Promise<void>,
): Promise<number> {
  const columns = await columnsOf(db, dialect, table.name);
  const last_id = isNumbered(columns) ? await lastNumber(db, dialect, table.name) : null;
  await put([{ table: table.name, columns: columns.map(({ name }) => name), last_id }]);
  let count = 0;
  for await (const page of pagesOf(db, table, columns)) {
    await put(page.map((row) => columns.map((column) => valueOf(row, column, table))));
    count += page.length;
  }
  return count;
}

type Row = Readonly<Record<string, unknown>>;

async function* pagesOf(db: Db, { name, key }: MovedTable, columns: readonly Column[]): AsyncGenerator<readonly Row[]> {
  const size = columns.some(({ kind }) => kind === "bytes") ? PAGE_WITH_BYTES : PAGE;
  const chosen = sql.join(columns.map((column) => sql.ref(column.name)));
  const order = sql.join(key.map((column) => sql.ref(column)));
  let last: Row | undefined;
  for (;;) {
    const seen = last;
    const behind = seen === undefined ? sql`` : sql`WHERE (${order}) > (${sql.join(key.map((one) => seen[one]))})`;
    const asked = sql<Row>`SELECT ${chosen} FROM ${sql.table(name)} ${behind} ORDER BY ${order} LIMIT ${size}`;
    const { rows } = await asked.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    last = rows.at(-1);
  }
}

function valueOf(row: Row, { name, kind }: Column, table: MovedTable): unknown {
  try {
    return written(row[name], kind);
  } catch (error) {
    throw new CannotMove(`${table.name}.${name} ${(error as Error).message}, which cannot be written down.`);
  }
}
