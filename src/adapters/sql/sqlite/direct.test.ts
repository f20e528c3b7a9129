import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { connect, type Connection } from "./database.ts";
import { DirectDb } from "./direct.ts";

describe("reads beside a connection that writes", () => {
  let folder: string;
  let writing: Connection;
  let reading: Connection;
  let reader: DirectDb;
  /** What the writing connection was asked for. */
  let asked: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rendezvous-direct-"));
    const path = join(folder, "test.db");
    writing = connect(path, "write");
    writing.exec("CREATE TABLE turns (work TEXT PRIMARY KEY, holder TEXT, expires_at INTEGER)");
    reading = connect(path, "read");
    asked = [];
    const watched: Connection = {
      ...writing,
      get isInTransaction() {
        return writing.isInTransaction;
      },
      prepareRead(text) {
        asked.push(text);
        return writing.prepareRead(text);
      },
    };
    reader = new DirectDb(reading, watched);
  });
  afterEach(() => {
    reading.close();
    writing.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = (work: string): void => writing.exec(`INSERT INTO turns VALUES ('${work}', 'somebody', 0)`);
  const seen = async (): Promise<unknown[]> => {
    const { rows } = await reader.executeQuery(reader.selectFrom("turns").select("work").compile());
    return rows.map(({ work }) => work);
  };

  test("are answered by it between its transactions", async () => {
    add("a");
    expect(await seen()).toEqual(["a"]);
    expect(asked).toHaveLength(1);
  });

  test("never see a transaction that has not ended", async () => {
    writing.exec("BEGIN IMMEDIATE");
    add("a");
    expect(await seen()).toEqual([]);
    writing.exec("ROLLBACK");
    expect(await seen()).toEqual([]);
    writing.exec("BEGIN IMMEDIATE");
    add("b");
    writing.exec("COMMIT");
    expect(await seen()).toEqual(["b"]);
  });

  test("see one moment within a turn, and what others have written in the next one", async () => {
    const other = connect(join(folder, "test.db"), "write");
    expect(await seen()).toEqual([]);
    other.exec("INSERT INTO turns VALUES ('a', 'somebody', 0)");
    expect(await seen()).toEqual([]);
    await new Promise((next) => setImmediate(next));
    expect(await seen()).toEqual(["a"]);
    other.close();
  });

  test("keep nobody from writing, nor the log from being copied", async () => {
    expect(await seen()).toEqual([]);
    expect(writing.isInTransaction).toBe(false);
    writing.exec("BEGIN IMMEDIATE");
    add("a");
    writing.exec("COMMIT");
    expect(await seen()).toEqual(["a"]);
    expect(writing.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all([])).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
    expect(await seen()).toEqual(["a"]);
    await new Promise((next) => setImmediate(next));
    expect(writing.isInTransaction).toBe(false);
  });

  test("never make a write start from what others have changed since", async () => {
    const other = connect(join(folder, "test.db"), "write");
    expect(await seen()).toEqual([]);
    other.exec("INSERT INTO turns VALUES ('a', 'somebody', 0)");
    writing.prepare("INSERT INTO turns VALUES ('b', 'somebody', 0)").run([]);
    expect(await seen()).toEqual(["a", "b"]);
    other.exec("INSERT INTO turns VALUES ('c', 'somebody', 0)");
    writing.exec("BEGIN IMMEDIATE");
    add("d");
    writing.exec("COMMIT");
    expect(await seen()).toEqual(["a", "b", "c", "d"]);
    other.close();
  });

  test("leave nothing open that fail half way, nor a file that is closed", async () => {
    add("a");
    const fails = reader.selectFrom("turns").select(sql`json_extract(holder, '$')`.as("holder"));
    await expect(reader.executeQuery(fails.compile())).rejects.toThrow("JSON");
    expect(await seen()).toEqual(["a"]);
    writing.exec("BEGIN IMMEDIATE");
    writing.exec("COMMIT");
    await expect(reader.executeQuery(fails.compile())).rejects.toThrow("JSON");
    writing.close();
    await new Promise((next) => setImmediate(next));
    writing = connect(join(folder, "test.db"), "write");
    expect(writing.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all([])).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
  });

  test("write nothing, whatever they are given", async () => {
    const row = { work: "a", holder: "somebody", expires_at: 0 };
    const insert = reader.insertInto("turns").values(row).returningAll().compile();
    await expect(reader.executeQuery(insert)).rejects.toThrow();
    expect(await seen()).toEqual([]);
  });
});

test("a parameter is never bare, so that no statement is planned for a value", () => {
  const connection = connect(":memory:", "write");
  const db = new DirectDb(connection);
  const { sql } = db.selectFrom("turns").selectAll().where("work", "=", "a").orderBy("holder").limit(1).compile();
  expect(sql).toBe('select * from "turns" where "work" = +? order by "holder" limit +?');
  connection.close();
});
