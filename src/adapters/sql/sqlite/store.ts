import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Store } from "../store.ts";
import { connect } from "./database.ts";
import { DirectDb } from "./direct.ts";
import { GroupedWriter } from "./group.ts";
import { WriteAheadLog } from "./log.ts";

/** The file in a data folder. */
export function sqlitePath(folder: string): string {
  return join(folder, "rendezvous.db");
}

export interface SqliteOptions {
  /** Made if it is not there. */
  readonly folder: string;
}

/**
 * A database in a file of this machine. One connection writes, another reads what is committed, so that a read never
 * sees a transaction that has not ended. Between its transactions the one that writes answers hot reads, too: it knows
 * the pages that it has written, which the other one has to fetch again after each COMMIT.
 *
 * @throws {StoreUnavailable} if the file cannot be opened
 */
export function openSqlite({ folder }: SqliteOptions): Store {
  const path = sqlitePath(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreUnavailable(error);
  }
  const writing = connect(path, "write");
  const reading = connect(path, "read");
  const reader = new DirectDb(reading, writing);
  const log = new WriteAheadLog(path, writing);
  const group = new GroupedWriter(writing, new DirectDb(writing), log);
  return {
    dialect: "sqlite",
    about: `SQLite in ${path}`,
    transact: (work) => group.transact(work),
    exclusively: (work) => group.exclusively(work),
    async read(query) {
      const result = await query(reader);
      // It may have seen what a power cut could still take back.
      if (group.syncing !== null) await group.syncing;
      else if (group.isUnproven) await group.transact(async () => undefined);
      return result;
    },
    async snapshot(work) {
      // Its own connection, because a transaction on the other would hold everybody's reading to that moment.
      const connection = connect(path, "read");
      try {
        connection.exec("BEGIN");
        return await work(new DirectDb(connection));
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
      await log.close();
      reading.close();
      writing.close();
    },
  };
}
