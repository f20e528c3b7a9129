import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql, SqliteDialect } from "kysely";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Store } from "../store.ts";
import type { Tables } from "../tables.ts";
import { connect } from "./database.ts";
import { GroupedWriter } from "./group.ts";

/** The file in a data folder. */
export function sqlitePath(folder: string): string {
  return join(folder, "rendezvous.db");
}

export interface SqliteOptions {
  /** Made if it is not there. */
  readonly folder: string;
  /** How many transactions share a COMMIT at most; for measurements. */
  readonly largestGroup?: number;
}

/**
 * A database in a file of this machine. One connection writes, another reads what is committed, so that a read never
 * sees a transaction that is still being answered.
 *
 * @throws {StoreUnavailable} if the file cannot be opened
 */
export function openSqlite({ folder, largestGroup }: SqliteOptions): Store {
  const path = sqlitePath(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreUnavailable(error);
  }
  const writing = connect(path, "write");
  const reading = connect(path, "read");
  const writer = new Kysely<Tables>({ dialect: new SqliteDialect({ database: writing }) });
  const reader = new Kysely<Tables>({ dialect: new SqliteDialect({ database: reading }) });
  const group = new GroupedWriter(writing, writer, largestGroup);
  return {
    dialect: "sqlite",
    about: `SQLite in ${path}`,
    transact: (work) => group.transact(work),
    exclusively: (work) => group.exclusively(work),
    read: (query) => query(reader),
    async snapshot(work) {
      // Its own connection, because a transaction on the other would hold everybody's reading to that moment.
      const connection = connect(path, "read");
      try {
        connection.exec("BEGIN");
        return await work(new Kysely<Tables>({ dialect: new SqliteDialect({ database: connection }) }));
      } finally {
        connection.close();
      }
    },
    time: async () => null,
    async ping() {
      await sql`SELECT 1`.execute(reader);
    },
    async close() {
      await group.settled();
      reading.close();
      writing.close();
    },
  };
}
