import { afterAll, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { documented } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { fakedTime } from "../support/faked-time.ts";
import { call } from "../support/http.ts";
import { startPostgres } from "../support/postgres.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const SECRET = "a secret of the tests that is more than 32 bytes long";
const settings = { FACES: "coordinator", AUTH_MODE: "token", JWT_SECRET: SECRET };

/** A host listens for so long before anybody can be said to have stayed away, in s; then sweeps come every 5 s. */
const SILENCE = 2;
const PATIENT_MS = 30_000;

const sign = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(`${claims["scope"]}`)
    .setExpirationTime("2h")
    .sign(new TextEncoder().encode(SECRET));

const people = {
  admin: { scope: "admin" },
  host: { scope: "host", host_id: "h" },
  eve: { scope: "client", player_id: "eve" },
  bob: { scope: "client", player_id: "bob" },
};

/** A host with three slots, of which one is active, one has a player, and one was opened by somebody who never came. */
async function takenHost(server: () => RunningServer) {
  const ask = async (who: keyof typeof people, method: string, path: string, body?: unknown) =>
    call(method, `${server().url}/api${path}`, body, { authorization: `Bearer ${await sign(people[who])}` });
  const any = { min_host_quality_score: 0, min_bandwidth_mbps: 0, max_latency_ms: null };
  await ask("admin", "POST", "/zones", { ...documented.zone, ...any, zone_id: "z" });
  await ask("host", "POST", "/hosts", { ...documented.host, host_id: "h", max_zones: 3 });
  const open = () => ask("eve", "POST", "/sessions", { zone_id: "z", host_id: "h" });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.push((await open()).body.session_id);
  const [active, played, abandoned] = ids as [string, string, string];
  expect((await ask("host", "POST", `/sessions/${active}/activate`)).status).toBe(200);
  expect((await ask("bob", "POST", `/sessions/${played}/players`, { player_id: "bob" })).status).toBe(200);
  expect([(await open()).status, (await ask("eve", "POST", `/sessions/${abandoned}/end`)).status]).toEqual([400, 403]);
  expect((await ask("bob", "GET", "/hosts/h")).body).toMatchObject({ status: "BUSY", current_players: 0 });

  const stateOf = async (id: string): Promise<string> => (await ask("bob", "GET", `/sessions/${id}`)).body.status;
  /** The host goes on beating, and in the end it is free for others. */
  const expectFree = async (): Promise<void> => {
    await eventually(
      "it has FAILED",
      async () => {
        await ask("host", "POST", "/hosts/h/heartbeat", {});
        return (await stateOf(abandoned)) === "FAILED";
      },
      PATIENT_MS,
    );
    expect([await stateOf(active), await stateOf(played)]).toEqual(["ACTIVE", "PENDING"]);
    expect((await ask("bob", "GET", "/hosts/h")).body).toMatchObject({ status: "ONLINE", current_zones: 2 });
    expect((await ask("bob", "POST", `/sessions/${abandoned}/players`, { player_id: "bob" })).status).toBe(400);
    const offer = { session_id: abandoned, peer_id: "h", sdp: "v=0" };
    expect((await ask("host", "POST", "/signaling/offer", offer)).status).toBe(404);
    expect((await open()).status).toBe(201);
  };
  return { active, played, abandoned, stateOf, expectFree, beat: () => ask("host", "POST", "/hosts/h/heartbeat", {}) };
}

describe("a session that nobody comes to gives its host back", () => {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-abandoned-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    "on SQLite, to a server that is started again a quarter of an hour later, once it has listened",
    async () => {
      let server = await startServer({ ...settings, DATA_DIR: folder });
      try {
        const taken = await takenHost(() => server);
        await server.stop();
        const later = { ...fakedTime("+15m"), HOST_SILENCE_SECONDS: `${SILENCE}` };
        server = await startServer({ ...settings, ...later, DATA_DIR: folder });
        expect(await taken.stateOf(taken.abandoned)).toBe("PENDING");
        await taken.expectFree();
      } finally {
        await server.stop();
      }
    },
    2 * PATIENT_MS,
  );

  test(
    "on PostgreSQL, whichever node sweeps, and not before its time",
    async () => {
      const postgres = await startPostgres();
      const shared = { ...settings, DATABASE_URL: postgres.url, HOST_SILENCE_SECONDS: `${SILENCE}` };
      const servers = [await startServer(shared), await startServer({ ...shared, SESSION_PENDING_MINUTES: "0" })];
      const sql = new SQL(postgres.url);
      const age = (minutes: number) =>
        sql`UPDATE sessions SET created_at = created_at - ${minutes * 60_000}::bigint,
          empty_since = empty_since - ${minutes * 60_000}::bigint`;
      try {
        const taken = await takenHost(() => servers[1]!);
        await age(14);
        const began = performance.now();
        await eventually("there was a sweep", async () => {
          await taken.beat();
          return performance.now() - began > 8_000;
        });
        expect(await taken.stateOf(taken.abandoned)).toBe("PENDING");
        await age(1);
        await taken.expectFree();
      } finally {
        await sql.close();
        await Promise.all(servers.map((server) => server.stop()));
        await postgres.stop();
      }
    },
    2 * PATIENT_MS,
  );
});
