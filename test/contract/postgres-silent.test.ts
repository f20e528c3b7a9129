import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { soundConnections } from "../../src/adapters/sql/postgres/connections.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { openLine, type FaultLine } from "../scenarios/faults/line.ts";
import { eventually } from "../support/eventually.ts";
import { aContender } from "../support/examples.ts";
import { recordsOn } from "../support/records.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";

const ANSWER_MS = 500;

describe("a PostgreSQL that falls silent", () => {
  let postgres: RunningPostgres;
  let line: FaultLine;
  let store: Store;

  beforeAll(async () => void (postgres = await startPostgres()));
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    line = await openLine({ target: postgres.port });
    store = openPostgres({ url: postgres.url.replace(`:${postgres.port}/`, `:${line.port}/`), answerMs: ANSWER_MS });
    await store.ping();
  });
  afterEach(async () => {
    await store.close();
    await line.stop();
  });

  const askedWhenSilent = (): Promise<unknown> =>
    store.transact(async (db) => {
      await line.set({ swallow: "both" });
      await sql`SELECT 1`.execute(db);
    });

  test("a transaction hears after one wait for an answer, and not after another one for its ROLLBACK", async () => {
    const began = performance.now();
    await expect(askedWhenSilent()).rejects.toThrow(StoreUnavailable);
    const took = performance.now() - began;
    expect(took).toBeGreaterThanOrEqual(ANSWER_MS - 5);
    expect(took).toBeLessThan(2 * ANSWER_MS);
  });

  test("nobody is given its connection any more", async () => {
    await expect(askedWhenSilent()).rejects.toThrow(StoreUnavailable);
    expect(line.open()).toBe(1);
    const next = store.ping();
    await eventually("it dials another one", () => line.open() === 2);
    await line.cut();
    await expect(next).rejects.toThrow(StoreUnavailable);
  });

  test("one that cannot be set up is given back: the next caller does not wait for it", async () => {
    const pool = new pg.Pool({ connectionString: postgres.url, max: 1, connectionTimeoutMillis: 2_000 });
    const broken = new Kysely({ dialect: new PostgresDialect({ pool: soundConnections(pool, "SELECT 1/0") }) });
    for (let n = 0; n < 3; n++) await expect(sql`SELECT 1`.execute(broken)).rejects.toThrow("division by zero");
    await broken.destroy();
  });
});

/** How long the transaction of a process that sleeps may keep its locks here. */
const IDLE_MS = 500;

describe("a process that falls asleep in a transaction", () => {
  let postgres: RunningPostgres;
  beforeAll(async () => void (postgres = await startPostgres()));
  afterAll(() => postgres.stop());

  test("keeps others from joining the arena's queue for IDLE_MS, and hears of it when it wakes", async () => {
    const url = await postgres.createDatabase();
    const store = openPostgres({ url });
    const others = await recordsOn({ store, close: () => store.close() });
    const sleeper = openPostgres({ url, idleMs: IDLE_MS });
    const [asleep, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slept = sleeper.transact(async (db) => {
      await sql`LOCK TABLE queue_entries`.execute(db);
      asleep.resolve();
      await awake.promise;
      await db.deleteFrom("queue_entries").execute();
    });
    await asleep.promise;
    const began = performance.now();
    const joins = ["A", "B", "C"].map((code) =>
      others.queue.join({ ...aContender(code), queueId: code, matchId: `m-${code}` }, 0, -1),
    );
    expect((await Promise.all(joins)).map(({ opponent }) => opponent)).toEqual([null, "A", null]);
    expect(performance.now() - began).toBeLessThan(IDLE_MS + 1_500);
    awake.resolve();
    await expect(slept).rejects.toThrow(StoreUnavailable);
    expect(await others.queue.waiting()).toBe(1);
    await sleeper.ping();
    await Promise.all([others.close(), sleeper.close()]);
  });
});
