import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Db } from "../store.ts";
import { connect, type Connection } from "./database.ts";
import { DirectDb } from "./direct.ts";
import { GroupedWriter, type Log } from "./group.ts";

describe("grouped commits", () => {
  let folder: string;
  let connection: Connection;
  let reader: Connection;
  let writer: GroupedWriter;
  /** What went to the database beside the statements of the jobs. */
  let sent: string[];
  let log: Pick<Log, "toDisk">;
  /** A statement that fails as if the disk were full. */
  let failing: string | null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rendezvous-group-"));
    const path = join(folder, "test.db");
    connection = connect(path, "write");
    connection.exec("CREATE TABLE things (name TEXT PRIMARY KEY)");
    reader = connect(path, "read");
    sent = [];
    failing = null;
    log = { toDisk: async () => undefined };
    const watched: Connection = {
      ...connection,
      exec(text) {
        sent.push(text);
        if (text === failing) throw new StoreUnavailable(new Error("disk full"));
        connection.exec(text);
      },
    };
    writer = new GroupedWriter(
      watched,
      new DirectDb(watched),
      { toDisk: () => log.toDisk(), tidy: async () => undefined },
      10,
    );
  });
  afterEach(async () => {
    await writer.settled();
    reader.close();
    connection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add =
    (name: string) =>
    async (db: Db): Promise<string> => {
      await sql`INSERT INTO things VALUES (${name})`.execute(db);
      return name;
    };
  const seen = (): string[] =>
    (reader.prepare("SELECT name FROM things ORDER BY name").all([]) as { name: string }[]).map(({ name }) => name);
  const count = (text: string): number => sent.filter((one) => one === text).length;

  test("those asked for in one turn share one COMMIT, and are answered after it", async () => {
    const answers = ["a", "b", "c"].map(async (name) => {
      const answer = await writer.transact(add(name));
      expect(count("COMMIT")).toBe(1);
      expect(seen()).toContain(answer);
      return answer;
    });
    expect(await Promise.all(answers)).toEqual(["a", "b", "c"]);
    expect(sent.filter((text) => text.startsWith("BEGIN"))).toEqual(["BEGIN IMMEDIATE"]);
  });

  test("what the next turn brings joins several, while one alone is not kept waiting for it", async () => {
    const inNextTurn = async (name: string): Promise<string> => {
      await new Promise((next) => setImmediate(next));
      return writer.transact(add(name));
    };
    await Promise.all([writer.transact(add("a")), writer.transact(add("b")), inNextTurn("c")]);
    expect(count("COMMIT")).toBe(1);
    await Promise.all([writer.transact(add("d")), inNextTurn("e")]);
    expect(count("COMMIT")).toBe(3);
  });

  test("a group is bounded", async () => {
    await Promise.all(Array.from({ length: 25 }, (_, at) => writer.transact(add(`${at}`))));
    expect(count("COMMIT")).toBe(3);
    expect(seen()).toHaveLength(25);
  });

  test("one that fails is undone as a whole and harms none of the others", async () => {
    const half = async (db: Db): Promise<never> => {
      await add("half")(db);
      throw new RangeError("no");
    };
    const jobs = [add("a"), half, add("a"), add("b")];
    const outcomes = await Promise.allSettled(jobs.map((job) => writer.transact<unknown>(job)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(RangeError);
    expect((outcomes[2] as PromiseRejectedResult).reason.message).toContain("UNIQUE");
    expect(seen()).toEqual(["a", "b"]);
  });

  test("where all go well no page is copied so that one could be undone; one that fails makes all run again", async () => {
    await Promise.all([writer.transact(add("a")), writer.transact(add("b"))]);
    expect(count("SAVEPOINT job")).toBe(0);
    await Promise.allSettled([writer.transact(add("c")), writer.transact(add("a"))]);
    expect(count("SAVEPOINT job")).toBe(2);
    expect(seen()).toEqual(["a", "b", "c"]);
  });

  test("one that fails and is alone is not tried again", async () => {
    let runs = 0;
    const failing = async (): Promise<never> => {
      runs++;
      throw new RangeError("no");
    };
    expect(await writer.transact(failing).catch((error: unknown) => error)).toBeInstanceOf(RangeError);
    expect(runs).toBe(1);
  });

  test("if the COMMIT fails nobody is told that it went well, nothing stays, and the next ones go through", async () => {
    failing = "COMMIT";
    const outcomes = await Promise.allSettled([writer.transact(add("a")), writer.transact(add("b"))]);
    for (const outcome of outcomes) {
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailable);
    }
    failing = null;
    expect(await writer.transact(add("c"))).toBe("c");
    expect(seen()).toEqual(["c"]);
  });

  test("nobody is answered before the COMMIT is on disk; the next group runs meanwhile, and waits in its turn", async () => {
    const disk = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    log = {
      toDisk() {
        reached.resolve();
        return disk.promise;
      },
    };
    const answered: string[] = [];
    const asked = (name: string) => writer.transact(add(name)).then(() => answered.push(name));
    const first = asked("a");
    await reached.promise;
    const ran = Promise.withResolvers<void>();
    const second = writer.transact(async (db) => {
      await add("b")(db);
      ran.resolve();
    });
    await ran.promise;
    const third = asked("c");
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setImmediate(next));
    expect(writer.syncing).not.toBeNull();
    expect(seen()).toEqual(["a", "b"]);
    expect(answered).toEqual([]);
    disk.resolve();
    await Promise.all([first, second, third]);
    await writer.settled();
    expect(writer.syncing).toBeNull();
    expect(seen()).toEqual(["a", "b", "c"]);
  });

  test("if the disk fails nobody is told that it went well, and the next ones go through", async () => {
    log = { toDisk: () => Promise.reject(new StoreUnavailable(new Error("EIO"))) };
    const outcomes = await Promise.allSettled([writer.transact(add("a")), writer.transact(add("b"))]);
    for (const outcome of outcomes) {
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailable);
    }
    // Whoever reads now must not take it for what stays, until the disk has proved itself.
    expect(writer.isUnproven).toBe(true);
    log = { toDisk: async () => undefined };
    expect(await writer.transact(add("c"))).toBe("c");
    expect(writer.isUnproven).toBe(false);
  });

  test("what runs alone waits for the groups before it, and those after wait for it", async () => {
    const order: string[] = [];
    const note = (what: string) => async () => void order.push(what);
    await Promise.all([
      writer.transact(note("before")),
      writer.exclusively(note("alone")),
      writer.transact(note("after")),
    ]);
    expect(order[0]).toBe("before");
    expect(order.sort()).toEqual(["after", "alone", "before"]);
    expect(count("BEGIN EXCLUSIVE")).toBe(1);
  });

  test("what runs alone sorts in files, since an index of a whole table may be more than there is memory for", async () => {
    const place = (): unknown => connection.prepare("PRAGMA temp_store").all([]);
    const [file, memory] = [[{ temp_store: 1 }], [{ temp_store: 2 }]];
    expect(place()).toEqual(memory);
    expect(await writer.exclusively(async () => place())).toEqual(file);
    expect(place()).toEqual(memory);
    const failing = writer.exclusively(async () => {
      throw new RangeError("no");
    });
    expect(await failing.catch((error: unknown) => error)).toBeInstanceOf(RangeError);
    expect(place()).toEqual(memory);
  });
});
