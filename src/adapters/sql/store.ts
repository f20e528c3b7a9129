import type { Kysely } from "kysely";
import type { DialectName } from "./dialect.ts";
import type { Tables } from "./tables.ts";

/** Where queries are built and run: a connection, inside a transaction or not. */
export type Db = Kysely<Tables>;

/**
 * A database. Each of its verbs throws StoreUnavailable if it is away, and lets every other error out as it is.
 */
export interface Store {
  readonly dialect: DialectName;
  /** For people: which database this is, without its password. */
  readonly about: string;
  /**
   * Runs `work` as one transaction; resolves once it is on disk. If `work` throws, nothing is written and the error
   * comes out; a StoreUnavailable leaves open whether it was. `work` waits for nothing but its own queries, and may run again after a conflict with another
   * transaction, so it changes nothing outside.
   */
  transact<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
  /** Reads what is committed; each query sees one moment. */
  read<Result>(query: (db: Db) => Promise<Result>): Promise<Result>;
  /**
   * Reads what was committed at one moment, however long `work` takes; it may wait for others between its queries, and is
   * run once.
   */
  snapshot<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
  /** Like `transact`, but alone: whoever else calls this, in this process or another, waits. */
  exclusively<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
  /** The time of all who share the database, in ms since the epoch; null if this process has it for itself. */
  time(): Promise<number | null>;
  /** Resolves if the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
