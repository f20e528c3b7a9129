import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { arenaClient, type ArenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { aFrame, aPlayer, publisher, range, START } from "../support/match-stream.ts";
import type { RunningServer } from "../support/server.ts";
import { Guest, RawGuest, type Frame } from "./rooms-client.ts";

export interface Cluster {
  /** Players, opponents and viewers each take one; it may be the same. */
  readonly nodes: readonly [RunningServer, RunningServer, RunningServer];
  stop(): Promise<void>;
}

/** The streams of the arena's document, from outside. */
export function arenaStreamsSuite(name: string, start: () => Promise<Cluster>): void {
  describe(`streams of ${name}`, () => {
    let cluster: Cluster;
    let api: ArenaClient;
    beforeAll(async () => {
      cluster = await start();
      api = arenaClient(() => cluster.nodes[2].url);
    }, 60_000);
    afterAll(async () => {
      for (const node of cluster.nodes) expect(node.output()).not.toContain('"level":50');
      await cluster.stop();
    });

    const node = (at: 0 | 1 | 2) => () => cluster.nodes[at];
    const aMatch = async () => {
      const { id } = await api.match();
      return { id, one: publisher(node(0), id), two: publisher(node(1), id) };
    };
    /** Connected, and counted. */
    const watch = async (id: string, at: 0 | 1 | 2 = 2): Promise<Guest> => {
      const viewer = new Guest(`${cluster.nodes[at].wsUrl}/ws/match/${id}`);
      await new Promise((opened) => (viewer.socket.onopen = opened));
      return viewer;
    };
    /** Whichever node is asked. */
    const counted = (id: string, count: number) =>
      eventually(`${count} watch`, async () => {
        const answers = await Promise.all(cluster.nodes.map(({ url }) => call("GET", `${url}/matches/${id}/viewers`)));
        return answers.every(({ body }) => body.viewers === count);
      });
    const read = async (viewer: Guest | RawGuest, count: number): Promise<Frame[]> => {
      const frames: Frame[] = [];
      while (frames.length < count) frames.push(await viewer.frame());
      return frames;
    };
    const shortOf = ({ type, ...more }: Frame) => (type === "frame" ? more["frame"] : type);

    test("are answered and shown as the document has them, all keys there", async () => {
      const { id, one } = await aMatch();
      const viewer = await watch(id);
      await counted(id, 1);
      expect((await one.start()).body).toEqual({ success: true, viewers: 1 });
      expect((await one.frames([-123, -122])).body).toEqual({ success: true, frames: 2 });
      expect((await one.frame(-121)).body).toEqual({ success: true });
      const bare = { frame: -120, players: [{ port: 1 }] };
      expect((await api.post(`/matches/${id}/stream/frame`, bare)).body).toEqual({ success: true });
      expect((await one.gameEnd(1)).body).toEqual({ success: true });
      expect((await one.end()).body).toEqual({ success: true });
      const [started, first, , , last, over, end] = await read(viewer, 7);
      expect(started).toEqual({
        type: "match_start",
        matchId: id,
        stageId: 2,
        players: [
          { port: 1, characterId: 0, connectCode: "SCAV#382", displayName: null },
          { port: 2, characterId: 8, connectCode: "SCAV#861", displayName: "Scav" },
        ],
      });
      const { action_state_id, action_frame, facing_direction, shield_health, is_invincible, is_in_hitstun, ...same } =
        aPlayer(1, -123);
      expect(first!["players"][0]).toEqual({
        ...same,
        actionStateId: action_state_id,
        actionFrame: action_frame,
        facingDirection: facing_direction,
        shieldHealth: shield_health,
        isInvincible: is_invincible,
        isInHitstun: is_in_hitstun,
      });
      const nothing = Object.fromEntries(Object.keys(first!["players"][0]).map((key) => [key, null]));
      expect(last).toEqual({ type: "frame", frame: -120, players: [{ ...nothing, port: 1 }] });
      expect(over).toEqual({ type: "game_end", gameNumber: 1, winnerPort: 1, endMethod: "stocks" });
      expect(end).toEqual({ type: "match_end", winnerPort: 1, finalScore: [3, 1] });
      expect(await viewer.closed()).toEqual({ code: 1000, reason: "match ended" });
    }, 20_000);

    test("of both players show each frame once and in order, also to one who comes late", async () => {
      const { id, one, two } = await aMatch();
      const viewers = await Promise.all([watch(id, 0), watch(id, 1), watch(id, 2)]);
      await Promise.all([one.start(), two.start()]);
      const stream = async ({ frames }: typeof one, size: number, upTo: number) => {
        for (let at = -123; at <= upTo; at += size) await frames(range(at, at + size - 1));
      };
      await Promise.all([stream(one, 4, 200), stream(two, 7, 190)]);
      await two.gameEnd(1);
      await Promise.all([one.gameEnd(1), stream(one, 5, -100), stream(two, 3, -102)]);
      const late = await watch(id, 1);
      expect((await read(late, 3)).map(shortOf)).toEqual(["match_start", "game_end", expect.any(Number)]);
      await one.end();
      for (const viewer of viewers) {
        const seen: unknown[] = [];
        while (seen.at(-1) !== "match_end") seen.push(shortOf(await viewer.frame()));
        const first = range(-123, 200);
        const second = seen.slice(first.length + 2, -1) as number[];
        expect(seen.slice(0, first.length + 2)).toEqual(["match_start", ...first, "game_end"]);
        // What of two that end a game at once comes too early of the next one is left.
        expect(second).toEqual(range(second[0]!, second.at(-1)!));
      }
      // What was still under way to its node when it came follows.
      const rest: unknown[] = [];
      while (rest.at(-1) !== "match_end") rest.push(shortOf(await late.frame()));
      const frames = rest.slice(0, -1) as number[];
      expect(frames).toEqual(frames.length === 0 ? [] : range(frames[0]!, -99));
    }, 30_000);

    test("are live while they last, are counted over all nodes, and leave a replay", async () => {
      const { id, one } = await aMatch();
      const live = async (at: 0 | 1 | 2) => (await call("GET", `${cluster.nodes[at].url}/health`)).body.live_match_ids;
      expect(await live(1)).not.toContain(id);
      const viewers = await Promise.all([watch(id, 0), watch(id, 1), watch(id, 2)]);
      await one.start();
      expect(await live(1)).toContain(id);
      await counted(id, 3);
      await viewers[1].close();
      await counted(id, 2);
      await one.frames(range(-123, 20));
      await one.gameEnd(1);
      await one.frames(range(-123, -120));
      await one.end();
      expect(await live(2)).not.toContain(id);
      const path = `/matches/${id}/replay`;
      const { body } = await eventually("the replay is complete", async () => {
        const answer = await api.get(path);
        return answer.body.is_complete === true && answer;
      });
      const messages = (await read(viewers[0], 151)) as unknown[];
      expect(body).toMatchObject({ match_id: id, game_numbers: [1, 2] });
      expect([body.start, ...body.games[0].frames, body.games[0].end, ...body.games[1].frames, body.end]).toEqual(
        messages,
      );
      const game = (await api.get(`${path}?game=2`)).body;
      expect([game.games.length, game.game_numbers]).toEqual([1, [1, 2]]);
      const packed = await fetch(cluster.nodes[1].url + path, { headers: { "accept-encoding": "gzip" } });
      expect([packed.headers.get("content-encoding"), await packed.json()]).toEqual(["gzip", body]);
      const plain = await fetch(cluster.nodes[1].url + path, { headers: { "accept-encoding": "gzip;q=0" } });
      expect([plain.headers.get("content-encoding"), await plain.json()]).toEqual([null, body]);
    }, 30_000);

    test("over a socket are the same, and what cannot be taken is answered", async () => {
      const { id } = await aMatch();
      const viewer = await watch(id);
      const agent = new Guest(`${cluster.nodes[0].wsUrl}/ws/stream/${id}`);
      await new Promise((opened) => (agent.socket.onopen = opened));
      agent.send({ type: "start", ...START });
      agent.send({ type: "frames", frames: range(-123, -120).map(aFrame) });
      agent.send({ type: "frame", ...aFrame(-119) });
      agent.sendText('{"type":"frame","frame":-118,"players":[{"port":1,"x":NaN}]}');
      agent.send({ type: "frames" });
      agent.send({ type: "dance" });
      agent.send({ type: "game_end", game_number: 0 });
      agent.sendText('{"type":"game_end","game_number":1,"__proto__":{}}');
      agent.send({ type: "end" });
      const errors = await read(agent, 4);
      expect(errors.map(({ type, ["detail"]: detail }) => [type, detail[0].type, detail[0].loc.slice(0, 2)])).toEqual([
        ["error", "json_invalid", ["body", expect.any(Number)]],
        ["error", "missing", ["body", "frames"]],
        ["error", "enum", ["body", "type"]],
        ["error", "greater_than_equal", ["body", "game_number"]],
      ]);
      const seen = (await read(viewer, 8)).map(shortOf);
      expect(seen).toEqual(["match_start", ...range(-123, -119), "game_end", "match_end"]);
      agent.sendText("x".repeat(128 * 1024 + 1));
      expect((await agent.closed()).code).toBe(1009);
    }, 20_000);

    test("that are wrong are refused with the reason, and change nothing", async () => {
      const { id, one } = await aMatch();
      await one.start();
      const to = (what: string) => `/matches/${id}/stream/${what}`;
      const frame = (player: object, frame: unknown = 1) => ({ frame, players: [{ port: 1, ...player }] });
      const wrong: readonly (readonly [string, unknown, number, string?])[] = [
        ["start", {}, 422, "missing"],
        ["start", { stage_id: "x", players: [] }, 422, "int_parsing"],
        ["start", { stage_id: 1, players: {} }, 422, "list_type"],
        ["start", { stage_id: 1, players: [{}] }, 422, "missing"],
        ["start", { stage_id: 1, players: range(0, 4).map((port) => ({ port })) }, 422, "too_long"],
        ["frame", frame({ stocks: -1 }), 422, "greater_than_equal"],
        ["frame", '{"frame":1,"players":[{"port":1,"x":1e400}]}', 422, "finite_number"],
        ["frame", '{"frame":1,"players":[{"port":1,"x":NaN}]}', 422, "json_invalid"],
        ["frame", frame({ percent: [] }), 422, "float_type"],
        ["frame", frame({ is_invincible: "maybe" }), 422, "bool_type"],
        ["frame", frame({}, -124), 422, "greater_than_equal"],
        ["frame", frame({}, 1.5), 422, "int_from_float"],
        ["frame", frame({}, 1e300), 422, "less_than_equal"],
        ["frame", { frame: 1 }, 422, "missing"],
        ["frames", [], 422, "model_attributes_type"],
        ["frames", { frames: [null] }, 422, "model_attributes_type"],
        ["frames", { frames: range(0, 600).map((n) => ({ frame: n, players: [] })) }, 422, "too_long"],
        ["frames", { frames: range(1, 10_000).map((n) => ({ frame: n, players: [] })) }, 413],
        ["game_end", { game_number: 0 }, 422, "greater_than_equal"],
        ["end", { final_score: [1, 2, 3, 4, 5] }, 422, "too_long"],
      ];
      for (const [what, body, status, type] of wrong) {
        const { status: answered, body: answer } = await api.post(to(what), body);
        const found = typeof answer.detail === "string" ? undefined : answer.detail?.[0].type;
        expect([what, body, answered, found]).toEqual([what, body, status, type]);
      }
      for (const what of ["start", "frames", "frame", "game_end", "end"]) {
        const body = { ...START, frames: [], ...frame({}), game_number: 1 };
        expect((await api.post(`/matches/none/stream/${what}`, body)).body).toEqual({ detail: "Match not found" });
      }
      for (const path of ["/ws/match/none", "/ws/stream/none", "/ws/match/%00"]) {
        const headers = { upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13" };
        const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
        expect((await fetch(cluster.nodes[2].url + path, { headers: { ...headers, ...key } })).status).toBe(403);
      }
      expect((await api.get("/matches/none/replay")).body).toEqual({ detail: "Replay not found" });
      expect((await api.get("/matches/none/viewers")).status).toBe(404);
    }, 30_000);

    test("take nothing from viewers, and bear little of it", async () => {
      const { id, one } = await aMatch();
      const [quiet, loud, long] = await Promise.all([watch(id), watch(id), watch(id)]);
      for (let n = 0; n < 61; n++) loud.sendText(JSON.stringify({ type: "frame", ...aFrame(1) }));
      long.sendText("x".repeat(20_000));
      expect((await loud.closed()).code).toBe(1008);
      expect((await long.closed()).code).toBe(1009);
      await one.start();
      expect(shortOf(await quiet.frame())).toBe("match_start");
      await quiet.close();
    }, 20_000);

    test("drop frames for one who does not read, and nothing else; it goes on with the newest", async () => {
      const { id, one } = await aMatch();
      const slow = new RawGuest(`${cluster.nodes[2].wsUrl}/ws/match/${id}`);
      await one.start();
      expect(shortOf(await slow.frame())).toBe("match_start");
      slow.stopReading();
      const fast = await watch(id);
      expect(shortOf(await fast.frame())).toBe("match_start");
      const BATCH = 130;
      const sent = 13_000;
      for (let at = 0; at < sent; at += BATCH) await one.frames(range(at, at + BATCH - 1));
      await one.gameEnd(1);
      await one.frames(range(-123, -100));
      const seen = (await read(fast, sent + 1 + 24)).map(shortOf);
      expect(seen).toEqual([...range(0, sent - 1), "game_end", ...range(-123, -100)]);
      slow.readOn();
      const got: unknown[] = [];
      while (!(got.at(-1) === -100 && got.includes("game_end"))) got.push(shortOf(await slow.frame()));
      expect(got.length).toBeLessThan(sent);
      await one.frames([-99]);
      expect(shortOf(await slow.frame())).toBe(-99);
      await slow.lose();
    }, 60_000);
  });
}
