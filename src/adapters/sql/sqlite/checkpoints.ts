import { Worker } from "node:worker_threads";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Connection } from "./database.ts";

/** Pages that wait in the log before they are copied: fewer would be copied again and again. */
const COPY_FROM = 1_000;

/** Pages that the log may grow by before it is begun anew, and how few may be left to copy then: nobody writes meanwhile. */
const RENEW_FROM = 4_000;
const MOST_LEFT = 500;

/** Pages at which SQLite itself copies all of it, should nobody have: 64 MB. */
const LONGEST_LOG = 16_000;

/**
 * Copies on a thread and a connection of its own, which neither writers nor readers wait for (a PASSIVE checkpoint). As
 * text, so that it is part of the single executable. What cannot be copied now is copied later.
 */
const COPIER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData);
  database.exec("SELECT 1 FROM sqlite_schema");
  parentPort.on("message", (isOver) => {
    if (isOver) {
      database.close();
      parentPort.close();
      return;
    }
    try {
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {}
    parentPort.postMessage(null);
  });
`;

interface LogState {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * Brings what the log has into the database file, ahead of SQLite, which would do so within a COMMIT: that takes tens of
 * milliseconds of a slow disk, with everybody waiting. A thread copies while others write; what it has left is little,
 * and copied between two transactions, so that the log begins anew.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #connection: Connection;
  /** Null until there is enough to copy: many a server never writes that much. */
  #copier: Worker | null = null;
  #isCopying = false;
  #isGone = false;

  /** `connection`: the one that writes. */
  constructor(path: string, connection: Connection) {
    this.#path = path;
    this.#connection = connection;
    connection.exec(`PRAGMA wal_autocheckpoint = ${LONGEST_LOG}`);
  }

  /** Something was committed. Called between two transactions. */
  look(): void {
    if (this.#isCopying || this.#isGone) return;
    const { log, checkpointed } = this.#ask("NOOP");
    const left = log - checkpointed;
    if (log >= RENEW_FROM && left <= MOST_LEFT) this.#ask("PASSIVE");
    else if (left >= COPY_FROM || log >= RENEW_FROM) this.#copy();
  }

  /**
   * Copies everything here and now, and waits until it is on disk.
   *
   * @throws {StoreUnavailable} if that cannot be
   */
  finish(): void {
    const { busy, log, checkpointed } = this.#ask("FULL");
    if (busy !== 0 || log !== checkpointed) throw new StoreUnavailable(new Error("the log could not be copied"));
  }

  async close(): Promise<void> {
    const copier = this.#copier;
    if (copier === null || this.#isGone) return;
    this.#isGone = true;
    const gone = new Promise((exited) => copier.once("exit", exited));
    copier.postMessage(true);
    await gone;
  }

  #ask(mode: "NOOP" | "PASSIVE" | "FULL"): LogState {
    return this.#connection.prepare(`PRAGMA wal_checkpoint(${mode})`).all([])[0] as LogState;
  }

  #copy(): void {
    this.#isCopying = true;
    this.#copier ??= this.#start();
    this.#copier.postMessage(false);
  }

  #start(): Worker {
    const copier = new Worker(COPIER, { eval: true, workerData: this.#path });
    copier.unref();
    copier.on("message", () => {
      this.#isCopying = false;
    });
    // Without it SQLite copies by itself, later.
    const lose = (): void => {
      this.#isGone = true;
    };
    copier.on("error", lose);
    copier.on("exit", lose);
    return copier;
  }
}
