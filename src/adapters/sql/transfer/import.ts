import { createHash, type Hash } from "node:crypto";
import { sql } from "kysely";
import { migrateWithin } from "../migrate.ts";
import type { Db, Store } from "../store.ts";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import { columnsOf } from "./columns.ts";
import {
  CannotMove,
  FORMAT,
  isHeader,
  isTableLine,
  isTrailer,
  type Counts,
  type Header,
  type Trailer,
} from "./format.ts";
import { linesOf, type Line } from "./lines.ts";
import { RowWriter } from "./row-writer.ts";
import { withoutSumming } from "./sums.ts";
import { movedTables } from "./tables.ts";

/**
 * Brings what `exportRecords` wrote into an empty database, as one transaction: all of it, or nothing. The schema is that
 * of the file first, and up to date in the end. Says how many rows of each table there were.
 *
 * @throws {CannotMove} if the text is no export, is damaged, comes from a newer version, or the database is not empty
 * @throws {SchemaTooNew} {StoreUnavailable}
 */
export function importRecords(store: Store, source: AsyncIterable<Uint8Array>, now: number): Promise<Counts> {
  let isRead = false;
  return store.exclusively(async (db) => {
    // What was read cannot be read again.
    if (isRead) throw new StoreUnavailable(new Error("another transaction was in the way"));
    isRead = true;
    // The source may keep us waiting longer than others who hold locks may.
    if (store.dialect === "postgres") await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(db);
    const lines = linesOf(source);
    const hash = createHash("sha256");
    const header = await readHeader(lines, hash);
    await prepare(db, store, header, now);
    let counts: Counts = {};
    await withoutSumming(db, store.dialect, async () => {
      counts = await readRows(db, store, lines, hash);
    });
    await migrateWithin(db, store.dialect, now);
    return counts;
  });
}

async function readHeader(lines: AsyncGenerator<Line>, hash: Hash): Promise<Header> {
  const { value: line } = await lines.next();
  const header = line === undefined ? undefined : parsed(line);
  if (line === undefined || !isHeader(header))
    throw new CannotMove("Line 1 is no header: this is no export of records.");
  if (header.format > FORMAT) throw newer(header);
  add(hash, line);
  return header;
}

function newer({ version }: Header): CannotMove {
  return new CannotMove(`The records were exported by version ${version}, which is newer: import them with that one.`);
}

/** The schema as it was where the records come from, and nothing in it. */
async function prepare(db: Db, { dialect }: Store, header: Header, now: number): Promise<void> {
  const { has, known } = await migrateWithin(db, dialect, now, header.schema);
  if (header.schema > known) throw newer(header);
  if (has > header.schema) {
    throw new CannotMove(
      `The records have schema ${header.schema}, and the database has ${has} already: import them into a new one.`,
    );
  }
  const full: string[] = [];
  for (const { name } of movedTables) {
    if ((await columnsOf(db, dialect, name)).length === 0) continue;
    const { rows } = await sql`SELECT 1 FROM ${sql.table(name)} LIMIT 1`.execute(db);
    if (rows.length > 0) full.push(name);
  }
  if (full.length === 0) return;
  throw new CannotMove(`The database is not empty (${full.join(", ")}): import into a new one.`);
}

async function readRows(db: Db, store: Store, lines: AsyncGenerator<Line>, hash: Hash): Promise<Counts> {
  const writer = new RowWriter(db, store.dialect);
  for await (const line of lines) {
    const value = parsed(line);
    if (isTrailer(value)) return end(await writer.done(), value, hash, lines);
    add(hash, line);
    if (Array.isArray(value)) await writer.row(value, line);
    else if (isTableLine(value)) await writer.table(value, line);
    else throw new CannotMove(`Line ${line.number} is no row, no table and no end.`);
  }
  throw new CannotMove("The end is missing: the file is not complete.");
}

/** Compares what was read with what was written. */
async function end(counts: Counts, expected: Trailer, hash: Hash, lines: AsyncGenerator<Line>): Promise<Counts> {
  if (hash.digest("hex") !== expected.sha256) {
    throw new CannotMove("The checksum is wrong: the file was changed or damaged after it was exported.");
  }
  for (const name of new Set([...Object.keys(counts), ...Object.keys(expected.rows)])) {
    const [found, wanted] = [counts[name] ?? 0, expected.rows[name] ?? 0];
    if (found !== wanted) throw new CannotMove(`There should be ${wanted} rows of ${name}, and there are ${found}.`);
  }
  const { value: more } = await lines.next();
  if (more !== undefined) throw new CannotMove(`Line ${more.number} stands behind the end.`);
  return counts;
}

function add(hash: Hash, { bytes }: Line): void {
  hash.update(bytes).update("\n");
}

function parsed({ number, bytes }: Line): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new CannotMove(`Line ${number} is no JSON.`);
  }
}
