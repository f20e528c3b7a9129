import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { arenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { publisher, range } from "../support/match-stream.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { arenaStreamsSuite } from "./arena-streams-suite.ts";
import { Guest } from "./rooms-client.ts";

let postgres: RunningPostgres;
let redis: RunningRedis;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
});

const threeNodes = async () => {
  const settings = { FACES: "arena", DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  const nodes = await Promise.all([startServer(settings), startServer(settings), startServer(settings)]);
  return { nodes, stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))) };
};

arenaStreamsSuite("three nodes", threeNodes);

describe("a node that is killed while it takes a stream", () => {
  let nodes: readonly RunningServer[];
  beforeAll(async () => {
    ({ nodes } = await threeNodes());
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test("takes at most two seconds of the replay with it; viewers elsewhere go on", async () => {
    const [first, second, third] = nodes as [RunningServer, RunningServer, RunningServer];
    const api = arenaClient(() => third.url);
    const { id } = await api.match();
    let current = first;
    const agent = publisher(() => current, id);
    const viewer = new Guest(`${third.wsUrl}/ws/match/${id}`);
    await new Promise((opened) => (viewer.socket.onopen = opened));
    await agent.start();
    // Sixty frames a second, four at a time; the agent goes to another node when its own is gone.
    let at = -123;
    let isOver = false;
    let killedAt = Infinity;
    const streaming = (async () => {
      while (!isOver) {
        const numbers = range(at, at + 3);
        await agent.frames(numbers).catch(async () => {
          current = second;
          await agent.frames(numbers);
        });
        at += 4;
        await new Promise((resume) => setTimeout(resume, 4_000 / 60));
      }
    })();
    await eventually("five seconds are streamed", () => at > 200);
    await first.stop("SIGKILL");
    killedAt = at;
    const framesOf = async (): Promise<readonly number[]> => {
      const { body } = await api.get(`/matches/${id}/replay`);
      return (body.games?.[0]?.frames ?? []).map((one: { frame: number }) => one.frame);
    };
    await eventually("the survivor writes", async () => (await framesOf()).at(-1)! > killedAt, 30_000);
    isOver = true;
    await streaming;
    await agent.end();
    const last = at - 1;
    const all = await eventually("the end is written", async () => {
      const found = await framesOf();
      return found.at(-1) === last && found;
    });
    const missing = range(-123, last).filter((number) => !all.includes(number));
    console.log(`replay of a killed node: ${missing.length} of ${last + 124} frames lost`);
    expect(missing.length).toBeLessThanOrEqual(150);
    const seen: number[] = [];
    for (let frame = await viewer.frame(); frame.type !== "match_end"; frame = await viewer.frame()) {
      if (frame.type === "frame") seen.push(frame["frame"]);
    }
    // What was taken, but not passed on any more when the node died, comes as what remains of it: its newest frame.
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(last + 124 - new Set(seen).size).toBeLessThan(4);
    expect(seen.at(-1)).toBe(last);
  }, 60_000);
});

describe("nodes whose Redis comes back empty", () => {
  let nodes: readonly RunningServer[];
  beforeAll(async () => {
    ({ nodes } = await threeNodes());
  }, 60_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test("go on with a match where they were, and show its start to who comes, on each of them", async () => {
    const [first, second, third] = nodes as [RunningServer, RunningServer, RunningServer];
    const api = arenaClient(() => first.url);
    const { id } = await api.match();
    const [one, two] = [publisher(() => first, id), publisher(() => second, id)];
    const watch = async ({ wsUrl }: RunningServer) => {
      const viewer = new Guest(`${wsUrl}/ws/match/${id}`);
      await new Promise((opened) => (viewer.socket.onopen = opened));
      return async (count: number) => {
        const seen: unknown[] = [];
        while (seen.length < count) {
          const { type, ...more } = await viewer.frame();
          if (type !== "ping") seen.push(type === "frame" ? more["frame"] : type);
        }
        return seen;
      };
    };
    const early = await watch(first);
    await one.start();
    await two.frames(range(-123, -100));
    await one.gameEnd(1);
    await two.frames([-123]);
    expect(await early(27)).toEqual(["match_start", ...range(-123, -100), "game_end", -123]);
    const isWritten = async () => (await api.get(`/matches/${id}/replay`)).body.games[0].end !== null;
    await eventually("the end of the game is written", isWritten);
    const store = new Bun.RedisClient(redis.url);
    await store.send("FLUSHALL", []);
    store.close();
    await Promise.all([one.frames([-122]), two.frames([-122]), one.start(), two.gameEnd(1)]);
    await two.frames([-121]);
    expect(await early(2)).toEqual([-122, -121]);
    const late = await watch(third);
    expect(await late(3)).toEqual(["match_start", "game_end", -121]);
    await one.end();
    expect([await early(1), await late(1)]).toEqual([["match_end"], ["match_end"]]);
  }, 60_000);
});
