import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { StoreUnavailable } from "../../../ports/store-error.ts";

/** How long a statement waits for another process that writes to the same file, in ms. */
export const BUSY_MS = 5_000;

/** Compiled statements kept per connection. Ours are a few dozen texts; the bound is for lists of changing length. */
const MAX_STATEMENTS = 500;

/** What every transaction begins and ends with: compiled once. */
const BOUNDS = ["BEGIN", "BEGIN IMMEDIATE", "COMMIT"];

/** One connection, as the query layer wants it. */
export interface Connection extends SqliteDatabase {
  /** Runs statements that answer nothing. */
  exec(sql: string): void;
  /**
   * For a query that only reads, while no transaction is open: in one turn of the event loop all of these see the same
   * moment. Each would take its own locks otherwise, which are system calls. Whatever else is asked for ends that.
   */
  prepareRead(sql: string): SqliteStatement;
  /** Whether a transaction has begun on it that has not ended. */
  readonly isInTransaction: boolean;
}

/**
 * Opens a connection. With WAL and `synchronous = NORMAL` a COMMIT returns when it is in the log, and whoever has written
 * waits until the log is on disk ({@link WriteAheadLog}); nothing is ever copied from a log that is not
 * (sqlite.org/pragma.html#pragma_synchronous).
 *
 * @throws {StoreUnavailable} if the file cannot be opened
 */
export function connect(path: string, mode: "write" | "read"): Connection {
  return guarded(() => {
    const database = new DatabaseSync(path, { readOnly: mode === "read" });
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (mode === "write") {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
      // What could undo one statement alone: past 64 KB it would be a file, opened and written in many transactions.
      database.exec("PRAGMA temp_store = MEMORY");
    }
    const statements = new Map<string, SqliteStatement>();
    const bounds = new Map(BOUNDS.map((sql) => [sql, database.prepare(sql)]));
    const run = (sql: string): void => {
      const bound = bounds.get(sql);
      guarded(() => (bound === undefined ? database.exec(sql) : bound.run()));
    };
    const compiled = (sql: string): SqliteStatement => {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      if (statements.size >= MAX_STATEMENTS) statements.clear();
      const statement = guarded(() => prepare(database, sql));
      statements.set(sql, statement);
      return statement;
    };
    let isReading = false;
    const endReading = (): void => {
      if (!isReading) return;
      isReading = false;
      // A read that failed may have ended it.
      if (database.isTransaction) run("COMMIT");
    };
    const endTurn = (): void => {
      try {
        endReading();
      } catch {
        // Whoever begins a transaction next is told.
      }
    };
    return {
      exec(sql) {
        endReading();
        run(sql);
      },
      prepare(sql) {
        endReading();
        return compiled(sql);
      },
      prepareRead(sql) {
        if (!isReading) {
          run("BEGIN");
          isReading = true;
          setImmediate(endTurn);
        }
        return compiled(sql);
      },
      close() {
        endReading();
        database.close();
      },
      get isInTransaction() {
        return !isReading && database.isTransaction;
      },
    };
  });
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all(values) {
      try {
        return statement.all(...(values as SQLInputValue[]));
      } catch (error) {
        throw toldApart(error);
      }
    },
    run(values) {
      try {
        return statement.run(...(values as SQLInputValue[]));
      } catch (error) {
        throw toldApart(error);
      }
    },
    iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
  };
}

/** SQLite's primary result codes that speak of the file or the disk rather than of the statement. */
const AWAY = new Set([
  5, // BUSY
  6, // LOCKED
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  26, // NOTADB
]);

function guarded<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw toldApart(error);
  }
}

/** What SQLite threw, as StoreUnavailable where it speaks of the file or the disk. */
function toldApart(error: unknown): unknown {
  const code = (error as { errcode?: unknown }).errcode;
  // The lowest byte is the primary code, the rest says more.
  return typeof code === "number" && AWAY.has(code & 0xff) ? new StoreUnavailable(error) : error;
}
