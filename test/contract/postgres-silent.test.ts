import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { soundConnections } from "../../src/adapters/sql/postgres/connections.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { openLine, type FaultLine } from "../scenarios/faults/line.ts";
import { eventually } from "../support/eventually.ts";
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
