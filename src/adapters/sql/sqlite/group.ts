import { StoreOverloaded, StoreUnavailable } from "../../../ports/store-error.ts";
import type { Db } from "../store.ts";
import type { Connection } from "./database.ts";

/** One caller's transaction. */
interface Job {
  run(db: Db): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The most transactions that share a COMMIT: as long as one runs, nothing else does. */
const MAX_GROUP = 128;

/** Transactions that may wait for theirs. Past this more would fill memory, and be late anyway. */
const MAX_WAITING = 8_192;

/** What a COMMIT writes into. */
export interface Log {
  /** Resolves when everything that was committed before is on disk. @throws {StoreUnavailable} if it may not be */
  toDisk(): Promise<void>;
}

/**
 * Commits what arrives together together. All transactions asked for in one turn of the event loop run one after the
 * other within a single one, and are answered when its COMMIT is on disk, so that they share one wait for it.
 * What is asked for during that wait makes up the next group.
 */
export class GroupedWriter {
  readonly #connection: Connection;
  readonly #db: Db;
  readonly #log: Log;
  readonly #largest: number;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;

  /** `largest`: how many share a COMMIT at most. */
  constructor(connection: Connection, db: Db, log: Log, largest = MAX_GROUP) {
    this.#connection = connection;
    this.#db = db;
    this.#log = log;
    this.#largest = largest;
  }

  /** While something is committed and may not be on disk yet: settles as soon as it is, or cannot be. */
  get syncing(): Promise<void> | null {
    return this.#syncing;
  }

  transact<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new StoreOverloaded(`${MAX_WAITING} transactions wait for their turn`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run: work, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Runs `work` when nothing else of this process does, in a transaction that other processes wait for. */
  async exclusively<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
    while (this.#running !== null) await this.#running;
    let result: Result;
    const alone = async (): Promise<void> => {
      this.#connection.exec("BEGIN EXCLUSIVE");
      try {
        result = await work(this.#db);
        this.#connection.exec("COMMIT");
        await this.#toDisk();
      } catch (error) {
        this.#rollBack();
        throw error;
      }
    };
    const step = alone();
    this.#running = step.catch(() => undefined).then(() => this.#drain());
    await step;
    return result!;
  }

  /** Resolves when all that was asked for is answered. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // The rest of this turn may bring more.
      await new Promise((next) => setImmediate(next));
      await this.#commit(this.#waiting.splice(0, this.#largest));
    }
    this.#running = null;
  }

  async #commit(group: readonly Job[]): Promise<void> {
    let answers: readonly (() => void)[];
    try {
      answers = (await this.#together(group)) ?? (await this.#oneByOne(group));
    } catch (error) {
      this.#rollBack();
      for (const job of group) job.reject(error instanceof StoreUnavailable ? error : new StoreUnavailable(error));
      return;
    }
    for (const answer of answers) answer();
  }

  /**
   * Runs all jobs as if they were one. If one throws, nothing is left of any: null, unless it was the only one. Nearly
   * all groups go well, and what could be undone in part, SQLite copies page by page beforehand.
   */
  async #together(group: readonly Job[]): Promise<readonly (() => void)[] | null> {
    const answers: (() => void)[] = [];
    this.#connection.exec("BEGIN IMMEDIATE");
    for (const job of group) {
      try {
        const value = await job.run(this.#db);
        answers.push(() => job.resolve(value));
      } catch (error) {
        this.#rollBack();
        return group.length === 1 ? [() => job.reject(error)] : null;
      }
    }
    this.#connection.exec("COMMIT");
    await this.#toDisk();
    return answers;
  }

  /** Runs the jobs again, each so that it can be undone by itself. */
  async #oneByOne(group: readonly Job[]): Promise<readonly (() => void)[]> {
    const answers: (() => void)[] = [];
    this.#connection.exec("BEGIN IMMEDIATE");
    for (const job of group) answers.push(await this.#savepoint(job));
    this.#connection.exec("COMMIT");
    await this.#toDisk();
    return answers;
  }

  /** What the job threw concerns its own caller alone. */
  async #savepoint(job: Job): Promise<() => void> {
    this.#connection.exec("SAVEPOINT job");
    try {
      const value = await job.run(this.#db);
      this.#connection.exec("RELEASE job");
      return () => job.resolve(value);
    } catch (error) {
      // Throws if the database has given up the whole transaction; then the group fails.
      this.#connection.exec("ROLLBACK TO job; RELEASE job");
      return () => job.reject(error);
    }
  }

  async #toDisk(): Promise<void> {
    this.#syncing = this.#log.toDisk();
    try {
      await this.#syncing;
    } finally {
      this.#syncing = null;
    }
  }

  #rollBack(): void {
    try {
      this.#connection.exec("ROLLBACK");
    } catch {
      // There was no transaction, or the database has rolled it back itself.
    }
  }
}
