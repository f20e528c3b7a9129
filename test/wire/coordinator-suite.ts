import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { coordinatorClient, documented } from "../support/coordinator-client.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { sessionsSuite } from "./coordinator-sessions-suite.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The document of the coordinator, without its signaling, against a running server on some store. */
export function coordinatorSuite(engine: string, settings: () => Promise<Record<string, string>>): void {
  for (const prefix of ["/api", "/api/v1"]) {
    describe(`coordinator on ${engine} below ${prefix}`, () => {
      let server: RunningServer;
      beforeAll(async () => {
        server = await startServer({ FACES: "coordinator", ...(await settings()) });
      });
      afterAll(async () => {
        expect(await server.stop()).toBe(0);
        expect(server.output()).not.toContain('"level":"error"');
      });
      const api = coordinatorClient(() => server.url + prefix);
      const system = expect.objectContaining({ redis: "embedded" });

      test("an empty coordinator shows zeros", async () => {
        expect((await api.get("/monitoring/dashboard")).body).toEqual({
          hosts: { total: 0, online: 0, offline: 0, average_quality_score: 0 },
          zones: { total: 0, enabled: 0, disabled: 0 },
          sessions: { total: 0, active: 0, inactive: 0, total_players: 0, average_latency_ms: 0 },
          system,
        });
        expect((await api.get("/monitoring/hosts/stats")).body).toEqual({
          total_online: 0,
          quality_distribution: { excellent: 0, good: 0, fair: 0, poor: 0 },
        });
        for (const list of ["/hosts/", "/zones/", "/sessions/"]) {
          expect(await api.get(list)).toMatchObject({ status: 200, body: [] });
        }
      });

      test("the document's examples of hosts, one after the other", async () => {
        const { status, body: registered } = await api.post("/hosts/", documented.host);
        expect(status).toBe(201);
        expect(registered).toEqual({
          id: 1,
          host_id: "host-12345",
          player_id: "player-67890",
          status: "ONLINE",
          quality_score: 100,
          created_at: expect.stringMatching(TIME),
        });
        expect(Math.abs(Date.parse(registered.created_at) - Date.now())).toBeLessThan(60_000);
        const fresh = {
          id: 1,
          host_id: "host-12345",
          player_id: "player-67890",
          player_name: "PlayerOne",
          status: "ONLINE",
          quality_score: 100,
          current_players: 0,
          current_zones: 0,
          latency_ms: 0,
          packet_loss_percent: 0,
        };
        expect(await api.get("/hosts/host-12345")).toMatchObject({ status: 200, body: fresh });
        expect((await api.get("/hosts/host-12345/")).body).toEqual(fresh);
        expect((await api.get("/hosts/?status=ONLINE&min_quality_score=100")).body).toEqual([
          { id: 1, host_id: "host-12345", status: "ONLINE", quality_score: 100 },
        ]);
        expect(await api.post("/hosts/host-12345/heartbeat", documented.heartbeat)).toMatchObject({
          status: 200,
          body: { message: "Heartbeat updated", quality_score: 98.5 },
        });
        expect((await api.get("/hosts/host-12345")).body).toEqual({
          ...fresh,
          quality_score: 98.5,
          current_players: 10,
          latency_ms: 25.5,
          packet_loss_percent: 0.1,
        });
        const gone = await api.delete("/hosts/host-12345");
        expect(gone).toMatchObject({ status: 200, body: { message: "Host unregistered successfully" } });
        for (const answer of [
          await api.delete("/hosts/host-12345"),
          await api.get("/hosts/host-12345"),
          await api.post("/hosts/host-12345/heartbeat", {}),
          await api.patch("/hosts/host-12345", { status: "MAINTENANCE" }),
        ]) {
          expect(answer).toMatchObject({ status: 404, body: { detail: "Host not found: host-12345" } });
        }
      });

      test("the document's examples of zones, one after the other", async () => {
        const shown = { id: 1, zone_id: "prontera", zone_name: "Prontera", status: "ENABLED", p2p_enabled: true };
        const { status, body } = await api.post("/zones/", documented.zone);
        expect(status).toBe(201);
        expect(body).toEqual({ ...shown, created_at: expect.stringMatching(TIME) });
        expect((await api.get("/zones/prontera")).body).toEqual({
          ...shown,
          active_sessions: 0,
          total_players_served: 0,
        });
        for (const query of ["", "?p2p_enabled=true", "?status=enabled", "?p2p_enabled=TRUE&status=ENABLED&limit=1"]) {
          expect((await api.get(`/zones/${query}`)).body).toEqual([shown]);
        }
        expect(await api.patch("/zones/prontera", { p2p_enabled: false, status: "MAINTENANCE" })).toMatchObject({
          status: 200,
          body: { id: 1, zone_id: "prontera", status: "MAINTENANCE", p2p_enabled: false },
        });
        for (const query of ["?p2p_enabled=true", "?status=ENABLED", "?offset=1"]) {
          expect((await api.get(`/zones/${query}`)).body).toEqual([]);
        }
        expect((await api.get("/zones/?p2p_enabled=false&status=Maintenance")).body).toHaveLength(1);
        expect(await api.post("/zones/", documented.zone)).toMatchObject({
          status: 400,
          body: { detail: "Zone already exists: prontera" },
        });
        expect(await api.get("/zones/nowhere")).toMatchObject({
          status: 404,
          body: { detail: "Zone not found: nowhere" },
        });
        expect((await api.patch("/zones/nowhere", {})).status).toBe(404);
      });

      test("what a zone leaves out may be null", async () => {
        const zone_id = await api.zone();
        const known = ["zone_id", "zone_name"];
        const nulls = Object.fromEntries(
          Object.keys(documented.zone).map((name) => [name, known.includes(name) ? `${zone_id}-2` : null]),
        );
        const { status, body } = await api.post("/zones/", { ...nulls, status: null });
        expect([status, body]).toMatchObject([201, { status: "ENABLED", p2p_enabled: true }]);
      });

      test("a host that registers again is the same host, brought up to date", async () => {
        const host_id = await api.host();
        await api.post(`/hosts/${host_id}/heartbeat`, documented.heartbeat);
        const before = (await api.get(`/hosts/${host_id}`)).body;
        const { status, body } = await api.post("/hosts/", { ...documented.host, host_id, player_name: "Two" });
        expect(status).toBe(201);
        expect(body.id).toBe(before.id);
        expect((await api.get(`/hosts/${host_id}`)).body).toEqual({ ...before, player_name: "Two" });
      });

      test("a heartbeat may leave out everything, and keeps what it leaves out", async () => {
        const host_id = await api.host();
        await api.post(`/hosts/${host_id}/heartbeat`, { latency_ms: 60 });
        const beats = [{}, undefined, { packet_loss_percent: null, extra: [1] }];
        for (const beat of beats) {
          expect((await api.post(`/hosts/${host_id}/heartbeat`, beat)).body.quality_score).toBe(98);
        }
        expect((await api.get(`/hosts/${host_id}`)).body).toMatchObject({ latency_ms: 60, packet_loss_percent: 0 });
      });

      test("hosts are listed by quality, and a page at a time", async () => {
        const [good, best, poor] = [await api.host(), await api.host(), await api.host()];
        await api.post(`/hosts/${good}/heartbeat`, { packet_loss_percent: 2 });
        await api.post(`/hosts/${poor}/heartbeat`, { packet_loss_percent: 8, latency_ms: 5_000 });
        const ids = async (query: string): Promise<string[]> =>
          (await api.get(`/hosts/${query}`)).body.map((host: any) => host.host_id);
        const mine = (await ids("")).filter((one) => [good, best, poor].includes(one));
        expect(mine).toEqual([best, good, poor]);
        const all = await ids("?limit=1000");
        expect(await ids("?limit=2&offset=1")).toEqual(all.slice(1, 3));
        expect(await ids("?min_quality_score=90.5")).not.toContain(good);
        expect(await ids("?min_quality_score=90")).toContain(good);
        expect(await ids("?status=offline")).toEqual([]);
      });

      test("the operator's maintenance survives heartbeats and registration, until taken back", async () => {
        const host_id = await api.host();
        const { body } = await api.patch(`/hosts/${host_id}`, { status: "maintenance" });
        expect(body).toEqual({ id: expect.any(Number), host_id, status: "MAINTENANCE", quality_score: 100 });
        await api.post(`/hosts/${host_id}/heartbeat`, {});
        expect((await api.post("/hosts/", { ...documented.host, host_id })).body.status).toBe("MAINTENANCE");
        expect((await api.get("/hosts/?status=Maintenance")).body.map((host: any) => host.host_id)).toEqual([host_id]);
        expect((await api.patch(`/hosts/${host_id}`, { status: "ONLINE" })).body.status).toBe("ONLINE");
      });

      test("a host's maxima cannot fall below what it has; one with more players than places is BUSY", async () => {
        const host_id = await api.host({ max_zones: 2 });
        const zone_id = await api.zone();
        await api.session({ host_id, zone_id });
        await api.session({ host_id, zone_id });
        await api.post(`/hosts/${host_id}/heartbeat`, { current_players: 10 });
        const before = (await api.get(`/hosts/${host_id}`)).body;
        for (const [change, says] of [
          [{ max_players: 9 }, /^max_players: .*10/],
          [{ max_zones: 1 }, /^max_zones: .*2/],
        ] as const) {
          const answer = await api.post("/hosts/", { ...documented.host, host_id, player_name: "No", ...change });
          expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringMatching(says) } });
        }
        expect((await api.get(`/hosts/${host_id}`)).body).toEqual(before);
        expect(await api.post(`/hosts/${host_id}/heartbeat`, { current_players: 51 })).toMatchObject({ status: 200 });
        // One that starts again at once says what it said before.
        expect((await api.post("/hosts/", { ...documented.host, host_id })).status).toBe(201);
        expect((await api.get(`/hosts/${host_id}`)).body).toMatchObject({ status: "BUSY", current_players: 51 });
      });

      sessionsSuite(api);

      test("in the end the dashboard and the statistics say what the lists say", async () => {
        const lists = await Promise.all(
          ["/hosts/", "/zones/", "/sessions/"].map(async (path) => (await api.get(path)).body),
        );
        const [hosts, zones, sessions] = lists as [any[], any[], any[]];
        const online = hosts.filter(({ status }) => status === "ONLINE" || status === "BUSY");
        const active = sessions.filter(({ status }) => status === "ACTIVE");
        const whole = await Promise.all(active.map(async ({ id }) => (await api.get(`/sessions/${id}`)).body));
        const mean = (values: number[]): number =>
          values.length === 0 ? 0 : Math.round((values.reduce((sum, one) => sum + one, 0) / values.length) * 100) / 100;
        const { body } = await api.get("/monitoring/dashboard");
        expect(body).toEqual({
          hosts: {
            total: hosts.length,
            online: online.length,
            offline: hosts.length - online.length,
            average_quality_score: mean(online.map(({ quality_score }) => quality_score)),
          },
          zones: {
            total: zones.length,
            enabled: zones.filter(({ status }) => status === "ENABLED").length,
            disabled: zones.filter(({ status }) => status !== "ENABLED").length,
          },
          sessions: {
            total: sessions.length,
            active: active.length,
            inactive: sessions.length - active.length,
            total_players: sessions.reduce((sum, { current_players }) => sum + current_players, 0),
            average_latency_ms: mean(whole.map(({ average_latency_ms }) => average_latency_ms)),
          },
          system,
        });
        const within = (least: number, below: number): number =>
          online.filter(({ quality_score: score }) => score >= least && score < below).length;
        expect((await api.get("/monitoring/hosts/stats")).body).toEqual({
          total_online: online.length,
          quality_distribution: {
            excellent: within(90, 101),
            good: within(70, 90),
            fair: within(50, 70),
            poor: within(0, 50),
          },
        });
        expect(active.length).toBeGreaterThan(0);
        expect(body.sessions.total_players).toBeGreaterThan(0);
      });
    });
  }
}
