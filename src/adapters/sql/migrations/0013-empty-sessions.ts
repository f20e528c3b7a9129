import type { Migration } from "./migration.ts";

/**
 * Since when nobody is in a session; null while somebody is. Rows that a node of an older version made have 0, and are
 * as old as they are. Only the first player who comes and the last one who leaves change what is indexed. The status stands
 * in the index so that SQLite, without statistics, does not take that of the lists.
 */
export const emptySessions: Migration = {
  number: 13,
  name: "empty sessions",
  statements: () => [
    `ALTER TABLE sessions ADD COLUMN empty_since BIGINT DEFAULT 0`,
    `CREATE INDEX sessions_abandoned ON sessions (status, empty_since) WHERE status = 'PENDING'`,
  ],
};
