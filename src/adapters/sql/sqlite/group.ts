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
  /** Called between two transactions; the next one waits for it. */
  tidy(): Promise<void>;
}

/**
 * Commits what arrives together together. All transactions asked for in one turn of the event loop, and in the next one if
 * they are several, run one after the other within a single one, and are answered when its COMMIT is on disk: they share
 * one wait for it, and each page that several of them write is written once. While one group waits for the disk the next
 * one runs, and no further: what is asked for then makes up the one after.
 */
export class GroupedWriter {
  readonly #connection: Connection;
  readonly #db: Db;
  readonly #log: Log;
  readonly #largest: number;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  #isUnproven = false;

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

  /** True once the disk has failed, until something has been brought to it again: what is committed may not be on it. */
  get isUnproven(): boolean {
    return this.#isUnproven;
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

  /**
   * Runs `work` when nothing else of this process does, in a transaction that other processes wait for. It may change whole
   * tables, so that what SQLite sorts meanwhile is in files: to build an index in memory takes 70 MB for a million rows.
   */
  async exclusively<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
    while (this.#running !== null) await this.#running;
    let result: Result;
    const alone = async (): Promise<void> => {
      this.#connection.exec("PRAGMA temp_store = FILE");
      try {
        this.#connection.exec("BEGIN EXCLUSIVE");
        result = await work(this.#db);
        this.#connection.exec("COMMIT");
      } catch (error) {
        this.#rollBack();
        throw error;
      } finally {
        this.#connection.exec("PRAGMA temp_store = MEMORY");
      }
      await this.#toDisk();
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
      // The rest of this turn may bring more; where it has, the next one does, too, unless no more have room.
      await nextTurn();
      if (this.#waiting.length > 1 && this.#waiting.length < this.#largest) await nextTurn();
      const before = this.#syncing;
      await this.#commit(this.#waiting.splice(0, this.#largest));
      await settlingOf(before);
      await this.#log.tidy();
      // What comes while this waits for the last group's disk is not left behind.
      if (this.#waiting.length === 0) await settlingOf(this.#syncing);
    }
    this.#running = null;
  }

  /** Resolves when the group is committed; it is answered when that is on disk. */
  async #commit(group: readonly Job[]): Promise<void> {
    const refuse = (error: unknown): void => {
      for (const job of group) job.reject(error instanceof StoreUnavailable ? error : new StoreUnavailable(error));
    };
    try {
      const answers = (await this.#together(group)) ?? (await this.#oneByOne(group));
      this.#toDisk().then(() => {
        for (const answer of answers) answer();
      }, refuse);
    } catch (error) {
      this.#rollBack();
      refuse(error);
    }
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
    return answers;
  }

  /** Runs the jobs again, each so that it can be undone by itself. */
  async #oneByOne(group: readonly Job[]): Promise<readonly (() => void)[]> {
    const answers: (() => void)[] = [];
    this.#connection.exec("BEGIN IMMEDIATE");
    for (const job of group) answers.push(await this.#savepoint(job));
    this.#connection.exec("COMMIT");
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

  /** Brings to disk what was committed last, after what was committed before. */
  async #toDisk(): Promise<void> {
    const before = this.#syncing;
    const own = settlingOf(before).then(() => this.#log.toDisk());
    this.#syncing = own;
    try {
      await own;
      this.#isUnproven = false;
    } catch (error) {
      this.#isUnproven = true;
      throw error;
    } finally {
      if (this.#syncing === own) this.#syncing = null;
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

function nextTurn(): Promise<void> {
  return new Promise((next) => setImmediate(next));
}

/** Resolves when it has settled, however. */
async function settlingOf(promise: Promise<unknown> | null): Promise<void> {
  await promise?.catch(() => undefined);
}
