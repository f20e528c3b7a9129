import { fdatasync, openSync, closeSync } from "node:fs";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Connection } from "./database.ts";

/**
 * The log beside the database file, into which a COMMIT writes. To wait for the disk is left to a thread of the runtime's,
 * so that this one goes on reading requests meanwhile; nobody is answered before the wait is over.
 */
export class WriteAheadLog {
  readonly #path: string;
  readonly #checkpoints: Checkpoints;
  #file: number | null = null;
  /** The disk has failed: what it says of the same bytes from now on proves nothing. */
  #isUnsure = false;

  /** `connection`: the one that writes. */
  constructor(path: string, connection: Connection) {
    this.#path = `${path}-wal`;
    this.#checkpoints = new Checkpoints(path, connection);
  }

  /**
   * Resolves when everything that was committed before is on disk. Called between two transactions.
   *
   * @throws {StoreUnavailable} if it may not be
   */
  async toDisk(): Promise<void> {
    if (this.#isUnsure) {
      this.#checkpoints.finish();
      this.#isUnsure = false;
    }
    try {
      this.#file ??= openSync(this.#path, "r+");
      await synced(this.#file);
    } catch (error) {
      this.#isUnsure = true;
      throw new StoreUnavailable(error);
    }
  }

  /** Keeps the log from growing. Called between two transactions; the next one waits for what comes back. */
  tidy(): Promise<void> {
    return this.#checkpoints.look();
  }

  /** Nothing else may be under way. */
  async close(): Promise<void> {
    await this.#checkpoints.close();
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

function synced(file: number): Promise<void> {
  return new Promise((done, failed) => fdatasync(file, (error) => (error === null ? done() : failed(error))));
}
