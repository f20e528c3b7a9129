import { describe, expect, test } from "bun:test";
import { documented, type CoordinatorClient } from "../support/coordinator-client.ts";

/** The document's sessions; part of the coordinator's suite. */
export function sessionsSuite(api: CoordinatorClient): void {
  describe("sessions", () => {
    const detail = async (body: object): Promise<unknown> => {
      const answer = await api.post("/sessions/", body);
      return [answer.status, answer.body.detail];
    };
    const host = async (id: string): Promise<any> => (await api.get(`/hosts/${id}`)).body;
    const zone = async (id: string): Promise<any> => (await api.get(`/zones/${id}`)).body;

    test("the document's examples, one after the other", async () => {
      const host_id = await api.host();
      const zone_id = await api.zone();
      const { status, body } = await api.post("/sessions/", { host_id, zone_id, max_players: 50 });
      expect(status).toBe(201);
      const ids = {
        id: expect.any(Number),
        session_id: expect.stringMatching(/^session-[0-9a-f]{32}$/),
        host_id: (await host(host_id)).id,
        zone_id: (await zone(zone_id)).id,
      };
      const created_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(body).toEqual({ ...ids, status: "PENDING", max_players: 50, current_players: 0, created_at });
      expect(await host(host_id)).toMatchObject({ current_zones: 1 });

      const path = `/sessions/${body.session_id}`;
      expect(await api.post(`${path}/players`, { player_id: "player-1" })).toMatchObject({
        status: 200,
        body: { message: `Player player-1 added to session ${body.id}` },
      });
      expect((await api.post(`${path}/activate`)).body).toEqual({ message: "Session activated successfully" });
      expect((await api.patch(`${path}/metrics`, documented.metrics)).body).toEqual({
        message: "Session metrics updated successfully",
      });
      // The number of the row is a name as good.
      await api.post(`/sessions/${body.id}/players`, { player_id: "player-2" });
      const whole = {
        ...ids,
        status: "ACTIVE",
        current_players: 2,
        connected_players: ["player-1", "player-2"],
        average_latency_ms: 45.5,
      };
      expect((await api.get(path)).body).toEqual(whole);
      expect((await api.get(`/sessions/${body.id}/`)).body).toEqual(whole);
      expect(await zone(zone_id)).toMatchObject({ active_sessions: 1, total_players_served: 2 });
      expect(await api.delete(`${path}/players/player-1`)).toMatchObject({
        status: 200,
        body: { message: `Player player-1 removed from session ${body.id}` },
      });
      expect((await api.delete(`${path}/players/player-1`)).status).toBe(404);

      expect(await api.post(`${path}/end`)).toMatchObject({
        status: 200,
        body: { message: "Session ended successfully" },
      });
      expect((await api.get(path)).body).toMatchObject({ status: "ENDED", current_players: 0, connected_players: [] });
      expect(await host(host_id)).toMatchObject({ current_zones: 0 });
      expect(await zone(zone_id)).toMatchObject({ active_sessions: 0, total_players_served: 2 });
    });

    test("what is not open can be neither activated, ended, measured nor joined", async () => {
      const { id } = await api.session();
      await api.post(`/sessions/${id}/activate`);
      expect(await api.post(`/sessions/${id}/activate`)).toMatchObject({
        status: 400,
        body: { detail: `Session ${id} is not PENDING: its status is ACTIVE` },
      });
      await api.post(`/sessions/${id}/end`);
      for (const answer of [
        await api.post(`/sessions/${id}/activate`),
        await api.post(`/sessions/${id}/end`),
        await api.patch(`/sessions/${id}/metrics`, documented.metrics),
        await api.patch(`/sessions/${id}/metrics`, {}),
        await api.post(`/sessions/${id}/players`, { player_id: "p" }),
      ]) {
        expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining("ENDED") } });
      }
    });

    test("an unknown session, host or zone is 404, and says which", async () => {
      for (const name of ["session-none", "999999", "0", "99999999999999999999"]) {
        for (const answer of [
          await api.get(`/sessions/${name}`),
          await api.post(`/sessions/${name}/activate`),
          await api.post(`/sessions/${name}/end`),
          await api.patch(`/sessions/${name}/metrics`, {}),
          await api.post(`/sessions/${name}/players`, { player_id: "p" }),
          await api.delete(`/sessions/${name}/players/p`),
        ]) {
          expect(answer).toMatchObject({ status: 404, body: { detail: `Session not found: ${name}` } });
        }
      }
      const zone_id = await api.zone();
      expect(await detail({ host_id: "nobody", zone_id })).toEqual([404, "Host not found: nobody"]);
      expect(await detail({ host_id: await api.host(), zone_id: "no" })).toEqual([404, "Zone not found: no"]);
    });

    test("a host or zone that is not fit is 400 with the reason", async () => {
      const zone_id = await api.zone({ min_host_quality_score: 95, min_bandwidth_mbps: 500, max_latency_ms: 40 });
      const poor = await api.host();
      await api.post(`/hosts/${poor}/heartbeat`, { packet_loss_percent: 2 });
      const thin = await api.host({ network_speed_mbps: 499 });
      const slow = await api.host();
      await api.post(`/hosts/${slow}/heartbeat`, { latency_ms: 41 });
      const mended = await api.host();
      await api.patch(`/hosts/${mended}`, { status: "MAINTENANCE" });
      const full = await api.host({ max_zones: 1 });
      await api.session({ host_id: full, zone_id });
      const crowded = await api.host({ max_players: 5 });
      await api.post(`/hosts/${crowded}/heartbeat`, { current_players: 5 });
      for (const [host_id, reason] of [
        [poor, /quality_score of 90, .*min_host_quality_score of 95/],
        [thin, /network_speed_mbps of 499, .*min_bandwidth_mbps of 500/],
        [slow, /latency_ms of 41, .*max_latency_ms of 40/],
        [mended, /not ONLINE: its status is MAINTENANCE/],
        [full, /no free zone slot/],
        [crowded, /not ONLINE: its status is BUSY/],
      ] as const) {
        expect(await detail({ host_id, zone_id })).toEqual([400, expect.stringMatching(reason)]);
      }
      const host_id = await api.host();
      expect(await detail({ host_id, zone_id: await api.zone({ status: "DISABLED" }) })).toEqual([
        400,
        expect.stringContaining("its status is DISABLED"),
      ]);
      expect(await detail({ host_id, zone_id: await api.zone({ p2p_enabled: false }) })).toEqual([
        400,
        expect.stringContaining("p2p_enabled"),
      ]);
      expect(await host(host_id)).toMatchObject({ current_zones: 0 });
    });

    test("without a host named, the best that fits is taken, and nothing if none fits", async () => {
      // Only hosts of this test are that fast.
      const zone_id = await api.zone({ min_bandwidth_mbps: 700_000 });
      const fast = { network_speed_mbps: 700_000, max_zones: 1 };
      const worse = await api.host(fast);
      await api.post(`/hosts/${worse}/heartbeat`, { packet_loss_percent: 1 });
      const best = await api.host(fast);
      const open = () => api.post("/sessions/", { zone_id });
      const [first, second, third] = [await open(), await open(), await open()];
      expect(first.body).toMatchObject({ host_id: (await host(best)).id, max_players: 100 });
      expect(second.body.host_id).toBe((await host(worse)).id);
      expect(third).toMatchObject({ status: 400, body: { detail: expect.stringContaining(zone_id) } });
    });

    test("of 200 players at once, a session of 50 takes exactly 50", async () => {
      const zone_id = await api.zone();
      const { id, session_id } = await api.session({ zone_id });
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, at) =>
          api.post(`/sessions/${session_id}/players`, { player_id: `player-${at}` }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
      answers.forEach(({ status, body }, at) => {
        if (status !== 200) {
          expect([status, body]).toEqual([400, { detail: `Failed to add player player-${at} to session ${id}` }]);
        }
      });
      const { body } = await api.get(`/sessions/${session_id}`);
      expect(body.current_players).toBe(50);
      expect(new Set(body.connected_players).size).toBe(50);
      expect(await zone(zone_id)).toMatchObject({ total_players_served: 50 });
    });

    test("adding a player twice is fine and counts once, even when the session is full", async () => {
      const zone_id = await api.zone();
      const { session_id } = await api.session({ zone_id, max_players: 1 });
      for (let time = 0; time < 2; time++) {
        expect((await api.post(`/sessions/${session_id}/players`, { player_id: "p/1 é" })).status).toBe(200);
      }
      expect((await api.get(`/sessions/${session_id}`)).body.connected_players).toEqual(["p/1 é"]);
      expect(await zone(zone_id)).toMatchObject({ total_players_served: 1 });
      expect((await api.delete(`/sessions/${session_id}/players/${encodeURIComponent("p/1 é")}`)).status).toBe(200);
    });

    test("a zone cannot become smaller than a session in it is full", async () => {
      const zone_id = await api.zone();
      const { session_id } = await api.session({ zone_id });
      for (const player_id of ["a", "b", "c"]) await api.post(`/sessions/${session_id}/players`, { player_id });
      expect(await api.patch(`/zones/${zone_id}`, { max_players: 2, p2p_enabled: false })).toMatchObject({
        status: 400,
        body: { detail: expect.stringMatching(/^max_players: .*3/) },
      });
      expect(await zone(zone_id)).toMatchObject({ p2p_enabled: true });
      expect((await api.patch(`/zones/${zone_id}`, { max_players: 3 })).status).toBe(200);
    });

    test("a zone that says again what it holds stays as it is, though a session in it holds more", async () => {
      const zone_id = await api.zone({ max_players: 2 });
      const { session_id } = await api.session({ zone_id, max_players: 5 });
      for (const player_id of ["a", "b", "c"]) await api.post(`/sessions/${session_id}/players`, { player_id });
      expect((await api.patch(`/zones/${zone_id}`, { max_players: 2, p2p_enabled: false })).status).toBe(200);
      expect((await api.patch(`/zones/${zone_id}`, { max_players: 1 })).status).toBe(400);
      expect(await zone(zone_id)).toMatchObject({ p2p_enabled: false });
    });

    test("lists go by status, host and zone, newest first", async () => {
      const host_id = await api.host();
      const zone_id = await api.zone();
      const [first, second] = [await api.session({ host_id, zone_id }), await api.session({ host_id, zone_id })];
      const elsewhere = await api.session({ host_id });
      await api.post(`/sessions/${first.id}/activate`);
      await api.post(`/sessions/${first.id}/players`, { player_id: "p" });
      const list = async (query: string): Promise<any[]> => (await api.get(`/sessions/?${query}`)).body;
      const active = { ...first, status: "ACTIVE", current_players: 1 };
      expect(await list(`host_id=${host_id}`)).toEqual([elsewhere, second, active]);
      expect(await list(`zone_id=${zone_id}`)).toEqual([second, active]);
      expect(await list(`zone_id=${zone_id}&status=active`)).toEqual([active]);
      expect(await list(`host_id=${host_id}&limit=1&offset=1`)).toEqual([second]);
      expect((await list("status=PENDING")).every(({ status }) => status === "PENDING")).toBe(true);
    });

    test("a host that unregisters ends its sessions", async () => {
      const host_id = await api.host();
      const zone_id = await api.zone();
      const { id } = await api.session({ host_id, zone_id });
      await api.post(`/sessions/${id}/activate`);
      await api.post(`/sessions/${id}/players`, { player_id: "p" });
      await api.delete(`/hosts/${host_id}`);
      expect((await api.get(`/sessions/${id}`)).body).toMatchObject({ status: "ENDED", connected_players: [] });
      expect(await zone(zone_id)).toMatchObject({ active_sessions: 0, total_players_served: 1 });
    });
  });
}
