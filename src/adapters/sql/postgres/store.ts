import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { StoreOverloaded, StoreUnavailable } from "../../../ports/store-error.ts";
import type { Db, Store } from "../store.ts";
import type { Tables } from "../tables.ts";
import { soundConnections } from "./connections.ts";
import { isAway, isConflict } from "./errors.ts";

/** Connections of this process. */
export const MAX_CONNECTIONS = 10;
/** How long a caller waits for a connection, in ms. */
const CONNECT_MS = 3_000;
/** Callers that may wait for one at once. Past this more would fill memory, and be late anyway. */
const MAX_WAITING = 8_192;
/** How long one statement may take, locks included, in ms. */
const STATEMENT_MS = 10_000;
/** How long the driver waits for the answer to one, in ms: a server that fell silent does not say that time is up. */
const ANSWER_MS = STATEMENT_MS + 2_000;
/** How long one statement waits for a lock, in ms: longer than two others who have gone to sleep can keep it. */
const LOCK_MS = 8_000;
/**
 * How long a transaction may stand open with nothing asked of it, in ms. It keeps its locks meanwhile, and a process
 * that was stopped, or a machine that fell off the network, would keep them for as long as that lasts. Ours
 * wait for nothing between two statements.
 */
const IDLE_MS = 3_000;
/** How often a transaction that met another one is tried. */
const MAX_ATTEMPTS = 10;
/** The advisory lock under which the schema changes: a number that nothing else of ours locks. */
const SCHEMA_LOCK = 7_205_759_403;

export interface PostgresOptions {
  /** postgres://… */
  readonly url: string;
  /** A connection that nobody was using broke. */
  readonly lost?: (error: Error) => void;
  /** How long to wait for the answer to one statement, in ms; for tests. */
  readonly answerMs?: number;
  /** How long a transaction may stand open idle, in ms; for tests. */
  readonly idleMs?: number;
}

/** A PostgreSQL server that several nodes may share. Connects when it is first asked for something. */
export function openPostgres({ url, lost, answerMs = ANSWER_MS, idleMs = IDLE_MS }: PostgresOptions): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: answerMs,
    keepAlive: true,
    application_name: "rendezvous",
    types: { getTypeParser },
  });
  // Without a listener such an error would end the process; the pool's own covers only connections nobody uses.
  pool.on("error", (error) => lost?.(error));
  pool.on("connect", (client) => client.on("error", () => undefined));
  const setUp = Object.entries({
    // A COMMIT is answered when it is on disk, whatever the server's default is.
    synchronous_commit: "on",
    statement_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: idleMs,
  }).map(([setting, value]) => `SET ${setting} = ${value}`);
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: soundConnections(pool, setUp.join("; ")) }),
  });
  const guarded = <Result>(run: () => Promise<Result>): Promise<Result> =>
    pool.waitingCount < MAX_WAITING
      ? repeated(run)
      : Promise.reject(new StoreOverloaded(`${MAX_WAITING} callers wait for a connection`));
  const transact = <Result>(work: (db: Db) => Promise<Result>): Promise<Result> =>
    guarded(() => db.transaction().execute(work));
  return {
    dialect: "postgres",
    about: `PostgreSQL at ${place(url)}`,
    transact,
    exclusively: (work) =>
      transact(async (trx) => {
        await sql`SET LOCAL statement_timeout = 0`.execute(trx);
        await sql`SET LOCAL lock_timeout = 0`.execute(trx);
        await sql`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`.execute(trx);
        return work(trx);
      }),
    read: (query) => guarded(() => query(db)),
    async snapshot(work) {
      try {
        const reading = db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only");
        return await reading.execute(async (trx) => {
          await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
          return work(trx);
        });
      } catch (error) {
        throw isAway(error) ? new StoreUnavailable(error) : error;
      }
    },
    async time() {
      const asked = sql<{ ms: number }>`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms`;
      const { rows } = await guarded(() => asked.execute(db));
      return rows[0]!.ms;
    },
    async ping() {
      await guarded(() => sql`SELECT 1`.execute(db));
    },
    close: () => db.destroy(),
  };
}

async function repeated<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (isConflict(error) && attempt < MAX_ATTEMPTS) continue;
      throw isConflict(error) || isAway(error) ? new StoreUnavailable(error) : error;
    }
  }
}

/** BIGINT, and NUMERIC, which a sum of those is. Ours stay far below 2^53. */
const NUMBERS = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

function getTypeParser(oid: number, format?: "text" | "binary") {
  return NUMBERS.has(oid) ? Number : pg.types.getTypeParser(oid, format);
}

/** The URL without who logs in. */
function place(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
