import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { startPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";

/** What was answered with 2xx, writes it all, dies, and lives again to be asked. */
async function expectNothingLost(settings: Record<string, string>): Promise<void> {
  const first = await startServer({ FACES: "coordinator", ...settings });
  const api = coordinatorClient(() => `${first.url}/api`);
  const zone_id = await api.zone({ max_players: 100_000 });
  const { session_id } = await api.session({ zone_id, max_players: 100_000 });
  await api.post(`/sessions/${session_id}/activate`);

  const kept = { hosts: [] as string[], players: [] as string[] };
  let killed = false;
  // Writers that go on until the server is gone; only what was answered counts.
  const write = async (writer: number): Promise<void> => {
    for (let at = 0; !killed; at++) {
      try {
        const player_id = `player-${writer}-${at}`;
        const { status } = await api.post(`/sessions/${session_id}/players`, { player_id });
        if (status === 200) kept.players.push(player_id);
        if (at % 4 === 0) kept.hosts.push(await api.host());
      } catch {
        return;
      }
    }
  };
  const writers = Array.from({ length: 20 }, (_, writer) => write(writer));
  await eventually("enough is written", () => kept.players.length > 300);
  expect(await first.stop("SIGKILL")).toBe(137);
  killed = true;
  await Promise.all(writers);

  const second = await startServer({ FACES: "coordinator", ...settings });
  try {
    const again = coordinatorClient(() => `${second.url}/api`);
    const { body } = await again.get(`/sessions/${session_id}`);
    expect(body.status).toBe("ACTIVE");
    const there = new Set(body.connected_players);
    expect(kept.players.filter((player) => !there.has(player))).toEqual([]);
    for (const host of kept.hosts) expect((await again.get(`/hosts/${host}`)).status).toBe(200);
    // What was not answered may be there or not, but never by half.
    const listed = (await again.get(`/sessions/?zone_id=${zone_id}`)).body;
    expect(listed[0].current_players).toBe(body.connected_players.length);
    const dashboard = (await again.get("/monitoring/dashboard")).body;
    expect(dashboard.sessions.total_players).toBe(body.connected_players.length);
    expect((await again.get(`/zones/${zone_id}`)).body.total_players_served).toBe(body.connected_players.length);
  } finally {
    await second.stop();
  }
}

describe("what was answered with 2xx survives kill -9", () => {
  test("on SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-durable-"));
    try {
      await expectNothingLost({ DATA_DIR: folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("on PostgreSQL", async () => {
    const postgres = await startPostgres();
    try {
      await expectNothingLost({ DATABASE_URL: postgres.url });
    } finally {
      await postgres.stop();
    }
  });
});

describe("a coordinator on one node", () => {
  test("makes silent hosts OFFLINE and their sessions FAILED; a heartbeat brings the host back", async () => {
    const server = await startServer({ FACES: "coordinator", HOST_SILENCE_SECONDS: "1" });
    try {
      const api = coordinatorClient(() => `${server.url}/api`);
      const host_id = await api.host();
      const { id } = await api.session({ host_id });
      await eventually("it is OFFLINE", async () => (await api.get(`/hosts/${host_id}`)).body.status === "OFFLINE");
      expect((await api.get(`/sessions/${id}`)).body.status).toBe("FAILED");
      await api.post(`/hosts/${host_id}/heartbeat`, {});
      expect((await api.get(`/hosts/${host_id}`)).body).toMatchObject({ status: "ONLINE", current_zones: 0 });
    } finally {
      await server.stop();
    }
  });

  test("a database of a newer version, or a folder that cannot be used, is a clear error at start", async () => {
    const { Database } = await import("bun:sqlite");
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-newer-"));
    try {
      await (await startServer({ FACES: "coordinator", DATA_DIR: folder })).stop();
      const file = new Database(join(folder, "rendezvous.db"));
      file.run("INSERT INTO migrations VALUES (9999, 'things to come', 0)");
      file.close();
      await expect(startServer({ DATA_DIR: folder })).rejects.toThrow(/ended with 1 .*\n.*9999 \(things to come\)/);
      await expect(startServer({ DATA_DIR: "/dev/null/x" })).rejects.toThrow(/ended with 1 .*\n.*DATA_DIR/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
