import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { coordinatorClient, type CoordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { fakedTime } from "../support/faked-time.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** How long a host may be silent, in s. */
const SILENCE = 3;

describe("coordinators whose machines differ on what time it is", () => {
  let postgres: RunningPostgres;
  let servers: readonly RunningServer[];
  let right: CoordinatorClient;
  let ahead: CoordinatorClient;

  beforeAll(async () => {
    postgres = await startPostgres();
    const settings = { FACES: "coordinator", DATABASE_URL: postgres.url, HOST_SILENCE_SECONDS: `${SILENCE}` };
    servers = [await startServer(settings), await startServer({ ...settings, ...fakedTime("+1h") })];
    [right, ahead] = servers.map(({ url }) => coordinatorClient(() => `${url}/api`)) as [
      CoordinatorClient,
      CoordinatorClient,
    ];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await postgres.stop();
  });

  test("one that is an hour ahead takes no host for silent that beats elsewhere, and says that it is off", async () => {
    const host_id = await right.host();
    const { id } = await right.session({ host_id });
    const began = performance.now();
    // It looks for silent hosts each second, once it has listened for as long as they may be silent.
    await eventually("it has looked several times", async () => {
      await right.post(`/hosts/${host_id}/heartbeat`, {});
      return performance.now() - began > 2 * SILENCE * 1_000;
    });
    expect((await ahead.get(`/sessions/${id}`)).body.status).toBe("PENDING");
    expect((await ahead.get(`/hosts/${host_id}`)).body.status).toBe("ONLINE");
    await eventually("it is said", () => servers[1]!.output().includes("differ on what time it is"));
    expect(servers[0]!.output()).not.toContain("differ on what time it is");
  });

  test("a host that beats at the one that is ahead is OFFLINE as soon as any other", async () => {
    const host_id = await ahead.host();
    await eventually("OFFLINE", async () => (await right.get(`/hosts/${host_id}`)).body.status === "OFFLINE");
  });
});
