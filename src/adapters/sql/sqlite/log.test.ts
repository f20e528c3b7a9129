import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import { connect, type Connection } from "./database.ts";
import { WriteAheadLog } from "./log.ts";

const PAGE = 4_096;

describe("the log of SQLite", () => {
  let folder: string;
  let path: string;
  let connection: Connection;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rendezvous-log-"));
    path = join(folder, "test.db");
    connection = connect(path, "write");
    connection.exec("CREATE TABLE things (content BLOB)");
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const state = () =>
    connection.prepare("PRAGMA wal_checkpoint(NOOP)").all([])[0] as { log: number; checkpointed: number };

  test("is copied while others write, and begins anew instead of growing", async () => {
    const log = new WriteAheadLog(path, connection);
    const pages = 250;
    for (let step = 0; step < 100; step++) {
      connection.exec(`INSERT INTO things VALUES (zeroblob(${pages * PAGE}))`);
      await log.toDisk();
      await log.tidy();
    }
    // SQLite itself would have let it grow to 16,000 pages.
    expect(statSync(`${path}-wal`).size).toBeLessThan(15_000 * PAGE);
    await log.close();
    expect(connection.prepare("SELECT count(*) AS n FROM things").all([])).toEqual([{ n: 100 }]);
  });

  test("is copied as a whole once the disk has failed it, before anybody is answered again", async () => {
    const log = new WriteAheadLog(join(folder, "missing"), connection);
    connection.exec("INSERT INTO things VALUES (zeroblob(1))");
    expect(await log.toDisk().catch((error: unknown) => error)).toBeInstanceOf(StoreUnavailable);
    expect(state().checkpointed).toBe(0);
    writeFileSync(join(folder, "missing-wal"), "");
    await log.toDisk();
    expect(state()).toMatchObject({ log: 0, checkpointed: 0 });
    expect(connection.prepare("SELECT count(*) AS n FROM things").all([])).toEqual([{ n: 1 }]);
    await log.close();
  });
});
