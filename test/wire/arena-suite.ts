import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { aFighter, arenaClient, eventStream, type ArenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const MAX_UINT256 = 2n ** 256n - 1n;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The arena's document, from outside. Every test has an empty queue. */
export function arenaSuite(name: string, settings: () => Promise<Record<string, string>>): void {
  describe(`the arena on ${name}`, () => {
    let server: RunningServer;
    const api: ArenaClient = arenaClient(() => server.url);
    beforeAll(async () => {
      server = await startServer({ FACES: "arena", ...(await settings()) });
    });
    beforeEach(async () => {
      await api.post("/admin/cleanup");
    });
    afterAll(async () => {
      expect(await server.stop()).toBe(0);
      expect(server.output()).not.toContain('"level":"error"');
    });

    test("the first waits and the second meets it; answers have all keys of the document", async () => {
      const [one, two] = [aFighter(), aFighter()];
      const waiting = await api.join(one, { agent_id: 12 });
      expect(waiting).toEqual({
        queue_id: one.queueId,
        status: "waiting",
        position: 1,
        match_id: null,
        opponent_code: null,
        opponent_wallet: null,
        opponent_agent_id: null,
      });
      expect(one.queueId).toMatch(UUID);
      const matched = await api.join(two, { agent_id: 9 });
      const match_id = matched.match_id as string;
      expect(match_id).toMatch(UUID);
      expect(matched).toEqual({
        queue_id: two.queueId,
        status: "matched",
        position: null,
        match_id,
        opponent_code: one.code,
        opponent_wallet: one.address,
        opponent_agent_id: 12,
      });
      const polled = await api.get(`/queue/${one.queueId}`);
      expect([polled.status, polled.body]).toEqual([
        200,
        {
          queue_id: one.queueId,
          status: "matched",
          position: null,
          match_id,
          opponent_code: two.code,
          opponent_wallet: two.address,
        },
      ]);
      expect((await api.get(`/queue/${one.queueId}/`)).status).toBe(200);
    });

    test("no answer shows a player's queue id to anybody else", async () => {
      const match = await api.match();
      await api.post(`/matches/${match.id}/wager/propose`, { queue_id: match.p1.queueId, amount_wei: 1, wager_id: 0 });
      await api.end(match);
      const paths = ["", "/wager", "/signatures", "/typed-data"].map((path) => `/matches/${match.id}${path}`);
      const answers = await Promise.all([...paths, `/queue/${match.p2.queueId}`].map((path) => api.get(path)));
      expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(match.p1.queueId);
      expect(JSON.stringify(answers.slice(0, 4).map(({ body }) => body))).not.toContain(match.p2.queueId);
    });

    test("whoever joins again starts anew and never meets itself", async () => {
      const fighter = aFighter();
      await api.join(fighter);
      const { queueId } = fighter;
      expect((await api.join(fighter)).status).toBe("waiting");
      expect((await api.get(`/queue/${queueId}`)).body).toMatchObject({ status: "cancelled", position: null });
    });

    test("leaving is 200 always, and true only for what waited", async () => {
      const fighter = aFighter();
      await api.join(fighter);
      const answers = [];
      for (const id of [fighter.queueId, fighter.queueId, "unknown", "%00"])
        answers.push(await api.delete(`/queue/${id}`));
      expect(answers.map(({ status, body }) => [status, body])).toEqual([
        [200, { success: true }],
        [200, { success: false }],
        [200, { success: false }],
        [200, { success: false }],
      ]);
      expect((await api.get(`/queue/${fighter.queueId}`)).body.status).toBe("cancelled");
    });

    test("what is not there is 404 with a detail", async () => {
      for (const [path, detail] of [
        ["/queue/unknown", "Queue entry not found"],
        ["/queue/unknown/events", "Queue entry not found"],
        ["/matches/unknown", "Match not found"],
        ["/matches/unknown/wager", "Match not found"],
        ["/matches/unknown/signatures", "Match not found"],
        ["/matches/unknown/typed-data", "Match not found"],
        ["/agents/123456789/rating", "Agent not found"],
        ["/queue/a/b/c", "Not found"],
      ]) {
        const { status, body } = await api.get(path!);
        expect([path, status, body]).toEqual([path, 404, { detail }]);
      }
    });

    test("two reports make the result; everything is as the document shows it", async () => {
      const match = await api.match();
      const { id, p1, p2 } = match;
      const fresh = (await api.get(`/matches/${id}`)).body;
      expect(fresh).toEqual({
        id,
        status: "playing",
        p1_connect_code: p1.code,
        p2_connect_code: p2.code,
        p1_wallet: p1.address,
        p2_wallet: p2.address,
        p1_result: null,
        p2_result: null,
        winner_wallet: null,
        loser_wallet: null,
        winner_score: null,
        loser_score: null,
        result_timestamp: null,
        created_at: fresh.created_at,
        completed_at: null,
        wager_status: null,
        wager_amount: null,
        wager_id: null,
        wager_proposer: null,
      });
      const report = { outcome: "won", duration_seconds: 187.5, stocks_remaining: 3, opponent_stocks: 0 };
      const first = await api.post(`/matches/${id}/result`, { queue_id: p1.queueId, ...report });
      expect([first.status, first.body]).toEqual([200, { success: true }]);
      expect((await api.get(`/matches/${id}`)).body).toMatchObject({ status: "playing", p1_result: "won" });
      await api.post(`/matches/${id}/result`, { queue_id: p2.queueId, outcome: "COMPLETED" });
      const over = (await api.get(`/matches/${id}`)).body;
      expect(over).toEqual({
        ...fresh,
        status: "completed",
        p1_result: "won",
        p2_result: "COMPLETED",
        winner_wallet: p1.address,
        loser_wallet: p2.address,
        winner_score: 3,
        loser_score: 0,
        result_timestamp: Date.parse(over.completed_at) / 1000,
        completed_at: over.completed_at,
      });
      expect(over.created_at).toMatch(TIME);
      expect(over.completed_at).toMatch(TIME);
    });

    test("a result stands: the same report again is 200, another one 400, an outsider's 400", async () => {
      const match = await api.match();
      const { id, p1, p2 } = match;
      await api.end(match, [2, 1]);
      const before = (await api.get(`/matches/${id}`)).body;
      const again = (queue_id: string, stocks_remaining: number) =>
        api.post(`/matches/${id}/result`, { queue_id, outcome: "COMPLETED", stocks_remaining });
      expect((await again(p1.queueId, 2)).status).toBe(200);
      for (const refused of [await again(p1.queueId, 4), await again(p2.queueId, 2), await again("outsider", 4)]) {
        expect([refused.status, Object.keys(refused.body)]).toEqual([400, ["detail"]]);
      }
      expect((await api.get(`/matches/${id}`)).body).toEqual(before);
    });

    test("a draw is completed, with nobody to sign", async () => {
      const match = await api.match();
      await api.end(match, [2, 2]);
      expect((await api.get(`/matches/${match.id}`)).body).toMatchObject({
        status: "completed",
        winner_wallet: null,
        loser_wallet: null,
      });
      expect((await api.get(`/matches/${match.id}/typed-data`)).status).toBe(400);
    });

    test("both wallets sign what the server hands out; then it is ready", async () => {
      const match = await api.match();
      const { id, p1, p2 } = match;
      await api.end(match);
      const { body: typedData } = await api.get(`/matches/${id}/typed-data`);
      const submit = async (fighter: typeof p1, signature: string) =>
        api.post(`/matches/${id}/signature`, { address: fighter.address, signature });
      const wrong = await submit(p1, await p2.sign(typedData));
      expect([wrong.status, wrong.body]).toEqual([400, { detail: expect.stringContaining("signature") }]);
      const [mine, theirs] = [await p1.sign(typedData), (await p2.sign(typedData)).slice(2)];
      expect((await submit(p1, mine)).body).toEqual({
        match_id: id,
        signatures_received: 1,
        ready_for_submission: false,
      });
      expect((await submit(p2, theirs)).body).toEqual({
        match_id: id,
        signatures_received: 2,
        ready_for_submission: true,
      });
      const { body: listed } = await api.get(`/matches/${id}/signatures`);
      expect(listed).toEqual({
        match_id: id,
        signatures: [
          { address: p1.address, signature: mine, created_at: listed.signatures[0].created_at },
          { address: p2.address, signature: theirs, created_at: listed.signatures[1].created_at },
        ],
        signatures_received: 2,
        ready_for_submission: true,
      });
      expect(listed.signatures[0].created_at).toMatch(TIME);
    });

    test("a signature under one match is worth nothing under another", async () => {
      const signed = await api.match();
      await api.end(signed);
      const { p1, p2 } = signed;
      // The same two once more.
      await api.join(p1);
      const { match_id: id } = await api.join(p2);
      await api.end({ id, p1, p2 });
      const { body: typedData } = await api.get(`/matches/${signed.id}/typed-data`);
      const signature = await p1.sign(typedData);
      expect((await api.post(`/matches/${id}/signature`, { address: p1.address, signature })).status).toBe(400);
    });

    test("agents are rated once both have signed, and found on the ladder by ids of any size", async () => {
      const big = MAX_UINT256 - BigInt(process.pid);
      const texts = [`${process.pid}77`, `${big}`];
      const [p1, p2] = [aFighter(), aFighter()];
      const raw = (fighter: typeof p1, agent: string) =>
        `{"connect_code":"${fighter.code}","wallet_address":"${fighter.address}","agent_id":${agent}}`;
      const one = await api.post("/queue/join", raw(p1, texts[0]!));
      const two = await (await fetch(`${server.url}/queue/join`, { method: "POST", body: raw(p2, texts[1]!) })).text();
      p1.queueId = one.body.queue_id;
      const matched = JSON.parse(two);
      p2.queueId = matched.queue_id;
      expect(two).toContain(`"opponent_agent_id":${texts[0]}}`);
      const match = { id: matched.match_id as string, p1, p2 };
      await api.end(match);
      expect((await api.get(`/agents/${big}/rating`)).status).toBe(404);
      const { body: typedData } = await api.get(`/matches/${match.id}/typed-data`);
      for (const fighter of [p1, p2]) {
        const body = { address: fighter.address, signature: await fighter.sign(typedData) };
        await api.post(`/matches/${match.id}/signature`, body);
      }
      const text = await (await fetch(`${server.url}/agents/${big}/rating`)).text();
      expect(text).toStartWith(`{"agent_id":${big},"elo":1484,"matches":1,"wins":0,"losses":1,"draws":0,`);
      const { history } = JSON.parse(text);
      expect(history).toEqual([
        {
          match_id: match.id,
          opponent_agent_id: Number(texts[0]),
          outcome: "lost",
          elo_before: 1500,
          elo_after: 1484,
          created_at: history[0].created_at,
        },
      ]);
      const { body: ladder } = await api.get("/leaderboard?limit=100");
      const winner = ladder.agents.find(({ agent_id }: any) => agent_id === Number(texts[0]));
      expect(winner).toMatchObject({ elo: 1516, matches: 1, wins: 1, rank: expect.any(Number) });
      expect(ladder).toMatchObject({ limit: 100, offset: 0 });
      expect((await api.get("/leaderboard?limit=1&offset=1")).body.agents).toHaveLength(1);
    });

    test("wagers: proposed, refused to oneself, accepted by the other, with numbers of any size", async () => {
      const { id, p1, p2 } = await api.match();
      const path = `/matches/${id}/wager`;
      const nothing = { match_id: id, wager_status: null, wager_amount: null, wager_id: null, wager_proposer: null };
      expect((await api.get(path)).body).toEqual(nothing);
      const body = `{"queue_id":"${p1.queueId}","amount_wei":${MAX_UINT256},"wager_id":0}`;
      const proposed = await fetch(`${server.url}${path}/propose`, { method: "POST", body });
      const answer = `{"match_id":"${id}","wager_status":"proposed","wager_amount":${MAX_UINT256},"wager_id":0,"wager_proposer":"p1"}`;
      expect([proposed.status, await proposed.text()]).toEqual([200, answer]);
      expect(await (await fetch(server.url + path)).text()).toBe(answer);
      const own = await api.post(`${path}/accept`, { queue_id: p1.queueId });
      expect([own.status, own.body]).toEqual([400, { detail: "Cannot accept own wager" }]);
      expect((await api.post(`${path}/accept`, { queue_id: "outsider" })).status).toBe(400);
      expect((await api.post(`${path}/accept`, { queue_id: p2.queueId })).body).toMatchObject({
        wager_status: "accepted",
        wager_proposer: "p1",
      });
      expect((await api.post(`${path}/decline`, { queue_id: p2.queueId })).status).toBe(400);
      expect(await (await fetch(`${server.url}/matches/${id}`)).text()).toContain(`"wager_amount":${MAX_UINT256}`);
    });

    test("a declined wager makes room for another", async () => {
      const { id, p1, p2 } = await api.match();
      const path = `/matches/${id}/wager`;
      const terms = { amount_wei: 10_000_000_000_000_000, wager_id: 42 };
      await api.post(`${path}/propose`, { queue_id: p1.queueId, ...terms });
      expect((await api.post(`${path}/propose`, { queue_id: p2.queueId, ...terms })).status).toBe(400);
      expect((await api.post(`${path}/decline`, { queue_id: p2.queueId })).body.wager_status).toBe("declined");
      expect((await api.post(`${path}/propose`, { queue_id: p2.queueId, ...terms })).body).toEqual({
        match_id: id,
        wager_status: "proposed",
        wager_amount: terms.amount_wei,
        wager_id: 42,
        wager_proposer: "p2",
      });
    });

    test("the events of an entry: how it stands, then the match, then the end", async () => {
      const [one, two] = [aFighter(), aFighter()];
      await api.join(one);
      const events = await eventStream(`${server.url}/queue/${one.queueId}/events`);
      expect(events.response.headers.get("content-type")).toBe("text/event-stream");
      expect(events.response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await events.next()).toEqual({
        event: "waiting",
        data: (await api.get(`/queue/${one.queueId}`)).body,
      });
      const { match_id } = await api.join(two);
      const matched = await events.next();
      expect(matched).toEqual({ event: "matched", data: (await api.get(`/queue/${one.queueId}`)).body });
      expect(matched!.data).toMatchObject({ match_id, opponent_code: two.code });
      expect(await events.next()).toBeNull();
      const late = await eventStream(`${server.url}/queue/${two.queueId}/events`);
      expect([(await late.next())!.event, await late.next()]).toEqual(["matched", null]);
      const back = await fetch(`${server.url}/queue/${two.queueId}/events`, {
        headers: { "last-event-id": "matched" },
      });
      expect(back.status).toBe(204);
    });

    test("the events of an entry that is cancelled, and of one that operators expire", async () => {
      const [one, two] = [aFighter(), aFighter()];
      await api.join(one);
      const cancelled = await eventStream(`${server.url}/queue/${one.queueId}/events`);
      await cancelled.next();
      await api.delete(`/queue/${one.queueId}`);
      expect([(await cancelled.next())!.event, await cancelled.next()]).toEqual(["cancelled", null]);
      await api.join(two);
      const expired = await eventStream(`${server.url}/queue/${two.queueId}/events`);
      await expired.next();
      await api.post("/admin/cleanup");
      expect([(await expired.next())!.event, await expired.next()]).toEqual(["expired", null]);
    });

    test("health counts who waits and who plays; cleaning up expires both", async () => {
      const match = await api.match();
      await api.join(aFighter());
      expect((await api.get("/health")).body).toMatchObject({
        status: "ok",
        queue_size: 1,
        active_matches: 1,
        live_match_ids: [],
      });
      expect((await api.post("/admin/cleanup")).body).toEqual({
        expired_queue_entries: 1,
        expired_matches: 1,
        queue_size: 0,
        active_matches: 0,
      });
      expect((await api.get(`/matches/${match.id}`)).body.status).toBe("expired");
      const late = await api.post(`/matches/${match.id}/result`, { queue_id: match.p1.queueId, outcome: "won" });
      expect(late.status).toBe(400);
      expect((await api.get("/metrics")).body).toContain("rendezvous_arena_matches 0");
    });

    test("cleaning up is not for pages of other origins, nor for anybody behind a proxy", async () => {
      const foreign: Record<string, string>[] = [
        { origin: "https://evil.example" },
        { "x-forwarded-for": "127.0.0.1" },
      ];
      for (const headers of foreign) {
        const { status, body, headers: answered } = await call("POST", `${server.url}/admin/cleanup`, {}, headers);
        expect([status, Object.keys(body)]).toEqual([403, ["detail"]]);
        expect(answered.get("access-control-allow-origin")).toBeNull();
      }
      const preflight = await fetch(`${server.url}/admin/cleanup`, { method: "OPTIONS" });
      expect(preflight.headers.get("access-control-allow-methods")).toBeNull();
      expect(
        (await fetch(`${server.url}/queue/join`, { method: "OPTIONS" })).headers.get("access-control-allow-methods"),
      ).toContain("POST");
    });

    test("many at once: every two make a match, nobody is in two", async () => {
      const all = Array.from({ length: 101 }, () => aFighter());
      await Promise.all(all.map((fighter) => api.join(fighter)));
      const places = await Promise.all(all.map(async ({ queueId }) => (await api.get(`/queue/${queueId}`)).body));
      const byMatch = Map.groupBy(places, ({ match_id }) => match_id);
      expect(byMatch.get(null)).toHaveLength(1);
      byMatch.delete(null);
      expect([...byMatch.values()].map(({ length }) => length)).toEqual(Array.from({ length: 50 }, () => 2));
      await eventually("health agrees", async () => (await api.get("/health")).body.active_matches === 50);
    });
  });
}
