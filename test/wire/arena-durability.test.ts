import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aFighter, arenaClient, type Fighter } from "../support/arena-client.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { openSqlite } from "../../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../../src/adapters/sql/store.ts";
import { eventually } from "../support/eventually.ts";
import { arenaHalves } from "../support/recount.ts";
import { startPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";

/** How often the server dies. */
const DEATHS = 4;

/** A fighter and what it was told. */
interface Told {
  readonly fighter: Fighter;
  readonly match: string | null;
}

/** Joins under load while the server is killed again and again; what was answered must be there, and nothing by half. */
async function expectNothingByHalf(settings: Record<string, string>, open: () => Store): Promise<void> {
  const told: Told[] = [];
  const reported = new Set<string>();
  for (let death = 0; death < DEATHS; death++) {
    const server = await startServer({ FACES: "arena", ...settings });
    const api = arenaClient(() => server.url);
    const before = told.length;
    let killed = false;
    // Writers that go on until the server is gone; only what was answered counts.
    const write = async (): Promise<void> => {
      while (!killed) {
        try {
          const fighter = aFighter();
          const { match_id } = await api.join(fighter);
          told.push({ fighter, match: match_id });
          if (match_id === null) continue;
          const report = { queue_id: fighter.queueId, outcome: "won" };
          if ((await api.post(`/matches/${match_id}/result`, report)).status === 200) reported.add(match_id);
        } catch {
          return;
        }
      }
    };
    const writers = Array.from({ length: 10 }, write);
    await eventually("enough is written", () => told.length > before + 80);
    expect(await server.stop("SIGKILL")).toBe(137);
    killed = true;
    await Promise.all(writers);
  }

  const store = open();
  expect(await arenaHalves(store)).toEqual({ entriesByHalf: 0, matchesByHalf: 0, waitingTwice: 0 });
  await store.close();

  const server = await startServer({ FACES: "arena", ...settings });
  try {
    const api = arenaClient(() => server.url);
    const places = new Map<string, number>();
    for (const { fighter, match } of told) {
      const { status, body } = await api.get(`/queue/${fighter.queueId}`);
      expect(status).toBe(200);
      if (match !== null) expect(body).toMatchObject({ status: "matched", match_id: match });
      if (body.match_id === null) expect(body.status).toBe("waiting");
      else places.set(body.match_id, (places.get(body.match_id) ?? 0) + 1);
    }
    // Each match has the two whom its entries name, and no third one.
    for (const [id, known] of places) {
      expect(known).toBeLessThanOrEqual(2);
      const { status, body } = await api.get(`/matches/${id}`);
      expect([status, body.p1_connect_code === body.p2_connect_code]).toEqual([200, false]);
    }
    for (const id of reported) expect((await api.get(`/matches/${id}`)).body.p2_result).toBe("won");
    const { queue_size } = (await api.get("/health")).body;
    expect(queue_size).toBeLessThanOrEqual(1);
  } finally {
    await server.stop();
  }
}

describe("the arena killed under load, again and again, has no match by half", () => {
  test("on SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-arena-"));
    try {
      await expectNothingByHalf({ DATA_DIR: folder }, () => openSqlite({ folder }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test("on PostgreSQL", async () => {
    const postgres = await startPostgres();
    try {
      await expectNothingByHalf({ DATABASE_URL: postgres.url }, () => openPostgres({ url: postgres.url }));
    } finally {
      await postgres.stop();
    }
  }, 60_000);
});

describe("an arena that starts again", () => {
  test("still has who was waiting", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-arena-"));
    try {
      const first = await startServer({ FACES: "arena", DATA_DIR: folder });
      const fighter = aFighter();
      await arenaClient(() => first.url).join(fighter);
      expect(await first.stop()).toBe(0);
      const second = await startServer({ FACES: "arena", DATA_DIR: folder });
      const other = await arenaClient(() => second.url).join(aFighter());
      expect(other).toMatchObject({ status: "matched", opponent_code: fighter.code });
      await second.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
