import type { PostgresPool } from "kysely";
import type pg from "pg";

type Connection = Awaited<ReturnType<PostgresPool["connect"]>>;

/** What the driver says when a server has not answered in time. */
const SILENT = /query read timeout/i;

/**
 * The driver's pool as the query layer wants it, with each connection set up by the statements of `setUp`, and without
 * those that could not be, or have fallen silent. The driver gives up a statement and keeps the connection: whatever is
 * asked on it next, the ROLLBACK first of all, would wait behind the answer that never comes.
 */
export function soundConnections(pool: pg.Pool, setUp: string): PostgresPool {
  // One for each connection, so that the query layer knows it again.
  const known = new WeakMap<pg.PoolClient, Connection>();
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect();
      const standing = known.get(client);
      if (standing !== undefined) return standing;
      const connection = watched(client);
      try {
        await client.query(setUp);
      } catch (error) {
        // Otherwise the pool would wait for it to come back for ever.
        client.release(true);
        throw error;
      }
      known.set(client, connection);
      return connection;
    },
    end: () => pool.end(),
  };
}

function watched(client: pg.PoolClient): Connection {
  let silent: Error | undefined;
  const query = (text: string, values: unknown[]): Promise<unknown> => {
    if (silent !== undefined) return Promise.reject(silent);
    return client.query(text, values).catch((error: unknown) => {
      if (error instanceof Error && SILENT.test(error.message)) silent = error;
      throw error;
    });
  };
  return {
    // Of cursors we have none.
    query: query as unknown as Connection["query"],
    // What has failed is ended instead of being handed to the next.
    release: (isUnusable) => client.release(silent ?? isUnusable),
  };
}
