import { Worker } from "node:worker_threads";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import { BUSY_MS, type Connection } from "./database.ts";

/**
 * Pages that wait in the log before they are copied: fewer would be copied again and again, since most of them are the same
 * few pages, of which only the newest is copied.
 */
const COPY_FROM = 2_000;

/** So few that the next transaction may wait until they are copied. */
const LITTLE = 1_000;

/** Pages after which it is tried anew to begin the log anew: fewer than are little, so that the second try waits. */
const AGAIN = 500;

/** Pages that the log grows to before it is begun anew, if little is left to copy by then: 32 MB; and even if much is. */
const RENEW_FROM = 8_000;
const RENEW_AT_LAST = 12_000;

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
  parentPort.on("message", (what) => {
    if (what === "to end") {
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

/** What is to be done about the log now. */
interface Decision {
  readonly copies: boolean;
  /** The next transaction waits until it is copied. */
  readonly waits: boolean;
  /** The length of the log, in pages, at which it is next tried to begin it anew. */
  readonly renewFrom: number;
}

/** `renewFrom`: what was decided of it before. */
export function decide({ log, checkpointed }: Omit<LogState, "busy">, renewFrom = RENEW_FROM): Decision {
  const left = log - checkpointed;
  const from = log < RENEW_FROM ? RENEW_FROM : renewFrom;
  const isLong = log >= from;
  if (left < COPY_FROM && !isLong) return { copies: false, waits: false, renewFrom: from };
  // Somebody who reads for long, such as an export, keeps the log as it is: that is found out now and then only.
  const waits = left < LITTLE || log >= RENEW_AT_LAST;
  return { copies: true, waits, renewFrom: isLong ? log + AGAIN : from };
}

/**
 * Brings what the log has into the database file, ahead of SQLite, which would do so within a COMMIT: that takes tens of
 * milliseconds of a slow disk, with everybody waiting. A thread copies while others write; when there is little left, the
 * next transaction waits until that is copied, too, so that the log begins anew.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #connection: Connection;
  /** Null until there is enough to copy: many a server never writes that much. */
  #copier: Worker | null = null;
  #isGone = false;
  /** See {@link Decision}. */
  #renewFrom: number | undefined;
  /** What the copier is doing; null while it does nothing. */
  #copying: PromiseWithResolvers<void> | null = null;

  /** `connection`: the one that writes. */
  constructor(path: string, connection: Connection) {
    this.#path = path;
    this.#connection = connection;
    connection.exec(`PRAGMA wal_autocheckpoint = ${LONGEST_LOG}`);
  }

  /** Something was committed. Called between two transactions; the next one waits for what comes back. */
  async look(): Promise<void> {
    if (this.#isGone) return;
    const state = this.#state();
    if (state === null) return;
    if (this.#copying !== null) {
      // Who writes faster than is copied waits here: at the longest log SQLite would copy it within a COMMIT.
      if (state.log >= RENEW_AT_LAST) await this.#copying.promise;
      return;
    }
    const { copies, waits, renewFrom } = decide(state, this.#renewFrom);
    this.#renewFrom = renewFrom;
    const copied = copies ? this.#copy() : null;
    if (waits) await copied;
  }

  /** Null if SQLite does not say; then it will after the next COMMIT, or fail that. */
  #state(): LogState | null {
    try {
      return this.#ask("NOOP");
    } catch {
      return null;
    }
  }

  /**
   * Copies everything here and now, waits until it is on disk, and empties the log: what it held may never have got there,
   * and nothing must come to stand behind it. Waits for nobody who still reads from it.
   *
   * @throws {StoreUnavailable} if that cannot be
   */
  finish(): void {
    this.#connection.exec("PRAGMA busy_timeout = 0");
    try {
      if (this.#ask("TRUNCATE").busy !== 0) throw new StoreUnavailable(new Error("the log could not be copied"));
    } finally {
      this.#connection.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    }
  }

  async close(): Promise<void> {
    const copier = this.#copier;
    if (copier === null || this.#isGone) return;
    this.#isGone = true;
    const gone = new Promise((exited) => copier.once("exit", exited));
    copier.ref();
    tell(copier, "to end");
    await gone;
  }

  #ask(mode: "NOOP" | "TRUNCATE"): LogState {
    return this.#connection.prepare(`PRAGMA wal_checkpoint(${mode})`).all([])[0] as LogState;
  }

  #copy(): Promise<void> {
    const copying = Promise.withResolvers<void>();
    this.#copying = copying;
    try {
      this.#copier ??= this.#start();
      // The next transaction may wait for it: until it is done the process must not end for want of anything to do.
      this.#copier.ref();
      tell(this.#copier, "to copy");
    } catch {
      this.#lose();
    }
    return copying.promise;
  }

  #finished(): void {
    this.#copier?.unref();
    this.#copying?.resolve();
    this.#copying = null;
  }

  /** Without a copier SQLite copies by itself, later. */
  #lose(): void {
    this.#isGone = true;
    this.#finished();
  }

  #start(): Worker {
    const copier = new Worker(COPIER, { eval: true, workerData: this.#path });
    copier.on("message", () => this.#finished());
    copier.on("error", () => this.#lose());
    copier.on("exit", () => this.#lose());
    return copier;
  }
}

function tell(copier: Worker, what: "to copy" | "to end"): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  copier.postMessage(what);
}
