import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { arenaClient, aFighter } from "../support/arena-client.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** A body and what is wrong with it: type and field of each fault, in order. */
type Bad = readonly [body: unknown, ...faults: (readonly [type: string, ...loc: (string | number)[]])[]];

const OVER = (2n ** 256n).toString();

/** Text is sent as it stands. */
const badFor: Readonly<Record<string, readonly Bad[]>> = {
  "/queue/join": [
    [undefined, ["missing", "body"]],
    [{}, ["missing", "body", "connect_code"]],
    [{ connect_code: null }, ["string_type", "body", "connect_code"]],
    [{ connect_code: 5 }, ["string_type", "body", "connect_code"]],
    [{ connect_code: "" }, ["string_too_short", "body", "connect_code"]],
    [{ connect_code: "x".repeat(65) }, ["string_too_long", "body", "connect_code"]],
    [{ connect_code: "a\u0000b" }, ["value_error", "body", "connect_code"]],
    ['{"connect_code":"\\ud800"}', ["value_error", "body", "connect_code"]],
    [
      { fighter_name: 1, wallet_address: {}, agent_id: [] },
      ["missing", "body", "connect_code"],
      ["string_type", "body", "fighter_name"],
      ["string_type", "body", "wallet_address"],
      ["int_type", "body", "agent_id"],
    ],
    [{ connect_code: "A", agent_id: "nine" }, ["int_parsing", "body", "agent_id"]],
    [{ connect_code: "A", agent_id: 1.5 }, ["int_from_float", "body", "agent_id"]],
    [{ connect_code: "A", agent_id: -1 }, ["greater_than_equal", "body", "agent_id"]],
    [`{"connect_code":"A","agent_id":${OVER}}`, ["less_than_equal", "body", "agent_id"]],
    [`{"connect_code":"A","agent_id":1e999}`, ["finite_number", "body", "agent_id"]],
    ["[]", ["model_attributes_type", "body"]],
    ['"x"', ["model_attributes_type", "body"]],
    ["null", ["missing", "body"]],
    ["{", ["json_invalid", "body", 1]],
    ['{"connect_code":', ["json_invalid", "body", 16]],
    ['{"connect_code":"A","agent_id":NaN}', ["json_invalid", "body", 31]],
    ['{"__proto__":{"connect_code":"A"}}', ["missing", "body", "connect_code"]],
    ['{"constructor":{"prototype":{"connect_code":"A"}}}', ["missing", "body", "connect_code"]],
    ["[".repeat(100_000 / 2), ["too_deep", "body"]],
  ],
  "/matches/MATCH/stream/start": [
    [undefined, ["missing", "body"]],
    ['{"__proto__":{}}', ["missing", "body", "stage_id"], ["missing", "body", "players"]],
  ],
  "/matches/MATCH/stream/frame": [
    [undefined, ["missing", "body"]],
    ["null", ["missing", "body"]],
    ["[]", ["model_attributes_type", "body"]],
    [{}, ["missing", "body", "frame"], ["missing", "body", "players"]],
    [
      { frame: "1e2", players: [{ port: 1, x: "y" }, { port: 256 }, 5] },
      ["int_parsing", "body", "frame"],
      ["float_parsing", "body", "players", 0, "x"],
      ["less_than_equal", "body", "players", 1, "port"],
      ["model_attributes_type", "body", "players", 2],
    ],
  ],
  "/matches/MATCH/stream/frames": [
    [{}, ["missing", "body", "frames"]],
    [
      { frames: [{ frame: 1 }, { players: [] }] },
      ["missing", "body", "frames", 0, "players"],
      ["missing", "body", "frames", 1, "frame"],
    ],
  ],
  "/matches/MATCH/result": [
    [undefined, ["missing", "body"]],
    [{}, ["missing", "body", "queue_id"], ["missing", "body", "outcome"]],
    [{ queue_id: "q", outcome: 1 }, ["string_type", "body", "outcome"]],
    [{ queue_id: "q", outcome: "won", stocks_remaining: -1 }, ["greater_than_equal", "body", "stocks_remaining"]],
    [{ queue_id: "q", outcome: "won", stocks_remaining: 256 }, ["less_than_equal", "body", "stocks_remaining"]],
    [{ queue_id: "q", outcome: "won", opponent_stocks: "many" }, ["int_parsing", "body", "opponent_stocks"]],
    [{ queue_id: "q", outcome: "won", duration_seconds: -0.5 }, ["greater_than_equal", "body", "duration_seconds"]],
    [{ queue_id: "q", outcome: "won", duration_seconds: "long" }, ["float_parsing", "body", "duration_seconds"]],
    [{ queue_id: "q", outcome: "won", duration_seconds: true }, ["float_type", "body", "duration_seconds"]],
    ['{"queue_id":"q","outcome":"won","duration_seconds":1e999}', ["finite_number", "body", "duration_seconds"]],
  ],
  "/matches/MATCH/signature": [
    [{}, ["missing", "body", "address"], ["missing", "body", "signature"]],
    [{ address: 1, signature: null }, ["string_type", "body", "address"], ["string_type", "body", "signature"]],
  ],
  "/matches/MATCH/wager/propose": [
    [{}, ["missing", "body", "queue_id"], ["missing", "body", "amount_wei"], ["missing", "body", "wager_id"]],
    [{ queue_id: "q", amount_wei: -1, wager_id: 0 }, ["greater_than_equal", "body", "amount_wei"]],
    [`{"queue_id":"q","amount_wei":${OVER},"wager_id":0}`, ["less_than_equal", "body", "amount_wei"]],
    [{ queue_id: "q", amount_wei: 1, wager_id: true }, ["int_type", "body", "wager_id"]],
  ],
  "/matches/MATCH/wager/accept": [[{}, ["missing", "body", "queue_id"]]],
  "/matches/MATCH/wager/decline": [[{ queue_id: 7 }, ["string_type", "body", "queue_id"]]],
};

describe("bad input to the arena", () => {
  let server: RunningServer;
  let match: { id: string; p1: { queueId: string } };
  const api = arenaClient(() => server.url);
  beforeAll(async () => {
    server = await startServer({ FACES: "arena" });
    match = await api.match();
  });
  afterAll(() => server.stop());

  for (const [path, bodies] of Object.entries(badFor)) {
    test(`${path}: 422 with all that is wrong, and nothing changes`, async () => {
      const before = [await api.get(`/matches/${match.id}`), await api.get("/health")];
      for (const [body, ...faults] of bodies) {
        const answer = await call("POST", server.url + path.replace("MATCH", match.id), body);
        const asked = JSON.stringify(body)?.slice(0, 100);
        expect([asked, answer.status]).toEqual([asked, 422]);
        const found = answer.body.detail.map(({ type, loc }: any) => [type, ...loc]);
        expect([asked, found]).toEqual([asked, faults as never]);
        for (const { msg, input } of answer.body.detail) {
          expect([typeof msg, input === undefined]).toEqual(["string", false]);
        }
      }
      const after = [await api.get(`/matches/${match.id}`), await api.get("/health")];
      for (const at of [0, 1]) {
        expect({ ...after[at]!.body, timestamp: 0 }).toEqual({ ...before[at]!.body, timestamp: 0 });
      }
      expect(server.output()).not.toContain('"level":"error"');
    });
  }

  test("faults are worded as FastAPI words them", async () => {
    const detailOf = async (body: unknown) => (await api.post("/queue/join", body)).body.detail;
    const input = { agent_id: "x" };
    expect(await detailOf(input)).toEqual([
      { type: "missing", loc: ["body", "connect_code"], msg: "Field required", input },
      {
        type: "int_parsing",
        loc: ["body", "agent_id"],
        msg: "Input should be a valid integer, unable to parse string as an integer",
        input: "x",
      },
    ]);
    expect(await detailOf("{")).toEqual([
      {
        type: "json_invalid",
        loc: ["body", 1],
        msg: "JSON decode error",
        input: {},
        ctx: { error: "Expecting property name enclosed in double quotes" },
      },
    ]);
    expect(await detailOf({ connect_code: "A", agent_id: -1 })).toEqual([
      {
        type: "greater_than_equal",
        loc: ["body", "agent_id"],
        msg: "Input should be greater than or equal to 0",
        input: -1,
        ctx: { ge: 0 },
      },
    ]);
  });

  test("an empty body and one that nests too deep have one fault each", async () => {
    const detailOf = async (body: unknown) => (await api.post("/queue/join", body)).body.detail;
    expect(await detailOf(undefined)).toEqual([{ type: "missing", loc: ["body"], msg: "Field required", input: null }]);
    expect(await detailOf(`{"a":${"[".repeat(32)}${"]".repeat(32)}}`)).toEqual([
      { type: "too_deep", loc: ["body"], msg: "The body nests deeper than 32 levels.", input: null },
    ]);
  });

  test("an empty body is none where no field must be there", async () => {
    const { id } = await api.match();
    const start = await api.post(`/matches/${id}/stream/start`, { stage_id: 1, players: [] });
    const end = await api.post(`/matches/${id}/stream/end`);
    expect([start.status, end.status, end.body]).toEqual([200, 200, { success: true }]);
  });

  test("what is wrong is sent back with all its digits", async () => {
    const large = "12345678901234567890";
    const { p1 } = match;
    for (const [path, body] of [
      ["result", `{"queue_id":"${p1.queueId}","outcome":"won","stocks_remaining":${large}}`],
      ["wager/accept", `{"queue_id":${large}}`],
      ["stream/start", `{"stage_id":${large},"players":[]}`],
      ["stream/frames", `{"frames":[{"frame":${large},"players":[]}]}`],
      ["stream/frame", `{"frame":1,"players":[{"port":${large}}]}`],
    ] as const) {
      const response = await fetch(`${server.url}/matches/${match.id}/${path}`, { method: "POST", body });
      expect([path, response.status, await response.text()]).toEqual([
        path,
        422,
        expect.stringContaining(`"input":${large}`) as never,
      ]);
    }
  });

  test("a number that no double shows is no whole number, and sent back as it came", async () => {
    const { p1 } = match;
    for (const [number, type] of [
      ["9007199254740993.5", "int_from_float"],
      ["1.00000000000000000001", "int_from_float"],
      ["1e-400", "int_from_float"],
      ["1e999", "finite_number"],
    ] as const) {
      for (const [path, body] of [
        ["result", `{"queue_id":"${p1.queueId}","outcome":"won","stocks_remaining":${number}}`],
        ["wager/propose", `{"queue_id":"${p1.queueId}","amount_wei":${number},"wager_id":1}`],
        ["stream/start", `{"stage_id":${number},"players":[]}`],
        ["stream/frame", `{"frame":${number},"players":[]}`],
        ["stream/frame", `{"frame":1,"players":[{"port":${number}}]}`],
      ] as const) {
        const response = await fetch(`${server.url}/matches/${match.id}/${path}`, { method: "POST", body });
        const text = await response.text();
        expect([path, number, response.status, JSON.parse(text).detail[0].type]).toEqual([path, number, 422, type]);
        expect(text).toContain(`"input":${number}`);
      }
    }
    const end = await fetch(`${server.url}/matches/${match.id}/stream/end`, { method: "POST", body: "1e-400" });
    expect([end.status, (await end.json()).detail[0].type]).toEqual([422, "model_attributes_type"]);
  });

  test("a duration, which need not be whole, is the nearest double", async () => {
    for (const number of ["1.00000000000000000001", "1e-400", "12345678901234567.5", "12345678901234567890"]) {
      const { id, p1 } = await api.match();
      const body = `{"queue_id":"${p1.queueId}","outcome":"won","duration_seconds":${number}}`;
      expect([number, (await api.post(`/matches/${id}/result`, body)).body]).toEqual([number, { success: true }]);
    }
    const { id, p1 } = await api.match();
    const report = (number: string) =>
      api.post(`/matches/${id}/result`, `{"queue_id":"${p1.queueId}","outcome":"won","duration_seconds":${number}}`);
    expect((await report("1e999")).body.detail[0].type).toBe("finite_number");
    expect((await report("-12345678901234567.5")).body.detail[0].type).toBe("greater_than_equal");
  });

  test("numbers as text count as numbers, and unknown fields for nothing, whatever their names", async () => {
    const fighter = aFighter();
    const { status } = await api.join(fighter, { agent_id: "9", nonsense: { a: [1] }, fighter_name: null });
    expect(status).toBe("waiting");
    const unsafe = `"__proto__":{"agent_id":"x"},"constructor":{"prototype":{}},"a":[{"__proto__":1}]`;
    const again = await api.post("/queue/join", `{"connect_code":"${fighter.code}",${unsafe}}`);
    expect([again.status, again.body.status, again.body.agent_id]).toEqual([200, "waiting", undefined]);
    await api.delete(`/queue/${again.body.queue_id}`);
  });

  test("queries and ids in paths", async () => {
    for (const [path, type, ...loc] of [
      ["/leaderboard?limit=x", "int_parsing", "query", "limit"],
      ["/leaderboard?limit=0", "greater_than_equal", "query", "limit"],
      ["/leaderboard?limit=101", "less_than_equal", "query", "limit"],
      ["/leaderboard?offset=-1", "greater_than_equal", "query", "offset"],
      ["/leaderboard?offset=1.5", "int_parsing", "query", "offset"],
      ["/leaderboard?limit=1&limit=2", "repeated", "query", "limit"],
      ["/agents/x/rating", "int_parsing", "path", "agent_id"],
      ["/agents/-1/rating", "greater_than_equal", "path", "agent_id"],
      [`/agents/${OVER}/rating`, "less_than_equal", "path", "agent_id"],
    ] as const) {
      const { status, body } = await api.get(path);
      expect([path, status, body.detail[0].type, body.detail[0].loc]).toEqual([path, 422, type, loc]);
    }
    for (const id of ["%00", "'; DROP TABLE matches; --", "x".repeat(5000), "😀", "..%2f"]) {
      expect([id, (await api.get(`/matches/${encodeURIComponent(id)}`)).status]).toEqual([id, 404]);
      expect([id, (await api.get(`/queue/${encodeURIComponent(id)}`)).status]).toEqual([id, 404]);
    }
  });

  test("a body over 64 KiB is 413, an unknown path 404, a wrong method 405, in the face's shape", async () => {
    const answers = [
      await api.post("/queue/join", { connect_code: "x".repeat(70_000) }),
      await api.get("/matches/a/b/c"),
      await call("PUT", `${server.url}/queue/join`, {}),
    ];
    expect(answers.map(({ status, body }) => [status, typeof body.detail])).toEqual([
      [413, "string"],
      [404, "string"],
      [405, "string"],
    ]);
  });
});
