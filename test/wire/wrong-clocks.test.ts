import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createReplayRecords } from "../../src/adapters/sql/arena/replays.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { arenaClient } from "../support/arena-client.ts";
import { rendezvous } from "../support/cli.ts";
import { member, PASSWORD, stranger } from "../support/devices-client.ts";
import { eventually } from "../support/eventually.ts";
import { fakedTime } from "../support/faked-time.ts";
import { publisher, range } from "../support/match-stream.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const DAY_MS = 24 * 3_600_000;

/** Longer than tokens are good for by themselves. */
const AHEAD = "+400d";

describe("accounts and matches of servers whose machines differ on what time it is", () => {
  let postgres: RunningPostgres;
  let right: RunningServer;
  let ahead: RunningServer;

  beforeAll(async () => {
    postgres = await startPostgres();
    const settings = { FACES: "devices,arena", DATABASE_URL: postgres.url };
    right = await startServer(settings);
    ahead = await startServer({ ...settings, ...fakedTime(AHEAD) });
  });
  afterAll(async () => {
    await right.stop();
    await ahead.stop();
    await postgres.stop();
  });

  const isNear = (time: string | number): boolean => Math.abs(new Date(time).getTime() - Date.now()) < DAY_MS;

  test("a token is good at the one that is ahead, and noted with the time of all", async () => {
    const ann = await member(() => right.url);
    const there = stranger(() => ahead.url, ann.email);
    there.token = ann.token;
    expect((await there.get("/auth/tokens")).status).toBe(200);
    const { status, body } = await there.post("/auth/login", { email: ann.email, password: PASSWORD });
    expect(status).toBe(200);
    ann.token = body.token;
    const { tokens } = (await ann.get("/auth/tokens")).body;
    expect(tokens).toHaveLength(2);
    for (const { created_at, last_used_at } of tokens) expect([created_at, last_used_at].every(isNear)).toBe(true);
  });

  test("a match that began elsewhere is streamed to the one that is ahead, and its replay is as old as it is", async () => {
    const { id } = await arenaClient(() => right.url).match();
    const stream = publisher(() => ahead, id);
    await stream.start();
    await stream.frames(range(1, 50));
    await stream.gameEnd(1);
    await stream.end();
    const store = openPostgres({ url: postgres.url });
    const kept = () => createReplayRecords(store).find(id);
    await eventually("it is kept", async () => (await kept())?.isComplete === true);
    expect(isNear((await kept())!.updatedAt)).toBe(true);
    await store.close();
  });

  test("an invite made where the time is wrong ends when it should", async () => {
    const made = await rendezvous(["invite", "--json"], { DATABASE_URL: postgres.url, ...fakedTime(AHEAD) });
    const { expires_at } = JSON.parse(made.stdout);
    expect(Math.abs(new Date(expires_at).getTime() - Date.now())).toBeLessThan(30 * DAY_MS);
  });
});
