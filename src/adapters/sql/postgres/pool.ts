import type { PostgresPool } from "kysely";
import type pg from "pg";

type Connection = Awaited<ReturnType<PostgresPool["connect"]>>;

/** What the driver says when a server has not answered in time. */
const SILENT = /query read timeout/i;

/**
 * The driver's pool, but without connections that have fallen silent. The driver gives up the statement and keeps the
 * connection: whatever is asked on it next, the ROLLBACK first of all, would wait behind the answer that never comes.
 */
export function withoutSilent(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let silent: Error | undefined;
      const query = (...question: Parameters<Connection["query"]>): Promise<unknown> => {
        if (silent !== undefined) return Promise.reject(silent);
        return (client.query as (...question: unknown[]) => Promise<unknown>)(...question).catch((error: unknown) => {
          if (error instanceof Error && SILENT.test(error.message)) silent = error;
          throw error;
        });
      };
      // An error ends the connection instead of handing it to the next.
      return { query: query as Connection["query"], release: () => client.release(silent) };
    },
    end: () => pool.end(),
  };
}
