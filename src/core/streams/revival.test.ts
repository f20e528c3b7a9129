import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createMemoryStreams } from "../../adapters/memory/streams.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { TestRecords } from "../../../test/support/records.ts";
import { aViewer, sharedStreams, type StreamNode } from "../../../test/support/stream-nodes.ts";
import { startStreamWorld, type StreamWorld } from "../../../test/support/stream-world.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { MATCH_SILENCE_MS } from "../matches/matches.ts";
import { LIVE_MS } from "./live-matches.ts";
import { KEEP_WAIT_MS } from "./recorder.ts";

let world: StreamWorld;
let records: TestRecords;
let match: string;
const node = (name: string): StreamNode => world.node(name);
const frames = (by: StreamNode, ...numbers: readonly number[]) => world.frames(by, ...numbers);

beforeEach(async () => {
  world = await startStreamWorld();
  ({ records, match } = world);
});
afterEach(() => world.stop());

/** Nothing that was in memory is left, and nobody writes down what waited there. */
function kill(): void {
  world.running.length = 0;
  world.shared = sharedStreams(records);
}

async function watch(by: StreamNode) {
  const viewer = aViewer();
  await by.viewers.watch(match, viewer.line);
  return viewer;
}

const replayed = async (by: StreamNode) => {
  const { start, games, end } = await by.replays.get(match);
  return [start?.text, games.map((game) => [game.number, game.frames.length, game.end?.text]), end?.text];
};

describe("a match whose stream is lost in a restart", () => {
  const before = async (): Promise<void> => {
    const one = node("1");
    await one.streams.start(match, "start");
    await frames(one, 1, 2, 3);
    await one.streams.endGame(match, 1, "end 1");
    await frames(one, -123, -122);
    kill();
  };

  test("has its start and the ends of games again for one who watches, before anybody streams", async () => {
    await before();
    const after = node("1");
    const [first, second] = await Promise.all([watch(after), watch(after)]);
    for (const { seen } of [first, second]) expect(seen).toEqual(["start", "end 1"]);
    await frames(after, -121);
    expect((await watch(after)).seen).toEqual(["start", "end 1", "f-121"]);
    expect(first.seen).toEqual(["start", "end 1", "f-121"]);
  });

  test("has them again before the first frame that is streamed, and is live with it", async () => {
    await before();
    const after = node("1");
    await frames(after, 500);
    expect(await after.streams.live()).toEqual([match]);
    await world.advance(LIVE_MS - 1);
    await frames(after, 501);
    expect((await watch(after)).seen).toEqual(["start", "end 1", "f501"]);
  });

  test("leaves a start and an end that are sent again, whatever they say, and takes the next", async () => {
    await before();
    const after = node("1");
    const viewer = await watch(after);
    await after.streams.endGame(match, 1, "end 1, won by the other");
    await after.streams.start(match, "another start");
    await frames(after, -121);
    await after.streams.endGame(match, 2, "end 2");
    await after.streams.end(match, "end");
    expect(viewer.seen).toEqual(["start", "end 1", "f-121", "end 2", "end"]);
    await after.recorder.stop();
    const [start, games, end] = await replayed(after);
    expect([start, end]).toEqual(["start", "end"]);
    expect(games).toEqual([
      [1, 3, "end 1"],
      [2, 1, "end 2"],
    ]);
  });

  test("has them once, however many stream and watch it on several nodes at the same time", async () => {
    await before();
    const [one, two] = [node("1"), node("2")];
    const viewers = [aViewer(), aViewer(), aViewer(), aViewer()];
    await Promise.all([
      one.streams.start(match, "forged"),
      ...viewers.map(({ line }, at) => (at % 2 === 0 ? one : two).viewers.watch(match, line)),
      frames(one, -121),
      frames(two, -121, -120),
      two.streams.endGame(match, 1, "forged"),
    ]);
    await frames(two, -119);
    for (const { seen } of viewers) {
      expect(seen.slice(0, 2)).toEqual(["start", "end 1"]);
      expect(seen.at(-1)).toBe("f-119");
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).not.toContain("forged");
    }
  });

  test("ends for one who watches, if it had ended", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    await one.streams.endGame(match, 1, "end 1");
    await one.streams.end(match, "end");
    kill();
    const viewer = await watch(node("1"));
    expect(viewer.seen).toEqual(["start", "end 1", "end"]);
    await world.advance(5_000);
    expect(viewer.state.isOver).toBe(true);
  });

  test("stays forgotten once it would have been, had there been no restart", async () => {
    await before();
    await world.advance(MATCH_SILENCE_MS);
    expect((await watch(node("1"))).seen).toEqual([]);
  });

  test("is watched all the same while the records are away", async () => {
    await before();
    const { find } = records.replays;
    const store = { isAway: true };
    const finding: typeof find = async (id) => {
      if (store.isAway) throw new StoreUnavailable(new Error("away"));
      return find(id);
    };
    Object.assign(records, { replays: { ...records.replays, find: finding } });
    const [one, two] = [node("1"), node("2")];
    const early = await watch(one);
    await frames(one, -121);
    expect(early.seen).toEqual(["f-121"]);
    store.isAway = false;
    expect((await watch(two)).seen).toEqual(["start", "end 1"]);
    expect(early.seen).toEqual(["f-121", "start", "end 1"]);
    expect(world.failures.length).toBeGreaterThan(0);
    world.failures.length = 0;
  });
});

describe("a match whose stream the store of several nodes has lost", () => {
  let storeTime: VirtualClock;
  beforeEach(() => {
    storeTime = createVirtualClock(records.clock.now());
    world.shared = { ...world.shared, streams: createMemoryStreams(storeTime) };
  });
  const emptyStore = () => storeTime.advance(MATCH_SILENCE_MS);

  test("goes on for those who watched, and has its start for those who come", async () => {
    const [one, two, three] = [node("1"), node("2"), node("3")];
    const early = await watch(one);
    await one.streams.start(match, "start");
    await frames(two, 1, 2);
    await two.streams.endGame(match, 1, "end 1");
    await frames(one, -123);
    // It is the first node that writes, which heard of it from the other.
    await eventually("the end is written", async () => (await records.replays.find(match))!.games === 1);
    await emptyStore();
    await Promise.all([frames(one, -122), frames(two, -122, -121)]);
    await one.streams.endGame(match, 1, "again, by the other");
    await two.streams.start(match, "again");
    await frames(two, -120);
    const seen = ["start", "f1", "f2", "end 1", "f-123", "f-122", "f-121", "f-120"];
    expect(early.seen).toEqual(seen);
    expect((await watch(one)).seen).toEqual(["start", "end 1", "f-120"]);
    expect((await watch(three)).seen).toEqual(["start", "end 1", "f-120"]);
    await one.recorder.stop();
    expect(await replayed(one)).toEqual([
      "start",
      [
        [1, 2, "end 1"],
        [2, 4, undefined],
      ],
      undefined,
    ]);
  });

  test("that has begun costs one step of the store a frame", async () => {
    const asked: string[] = [];
    const { streams } = world.shared;
    world.shared = {
      ...world.shared,
      streams: new Proxy(streams, {
        get: (of, verb: keyof typeof streams) => (asked.push(verb), of[verb]),
      }),
    };
    const { replays } = records;
    const find: typeof replays.find = (id) => (asked.push("find"), replays.find(id));
    const one = node("1");
    await one.streams.start(match, "start");
    await frames(one, 1);
    await records.replays.find(match);
    Object.assign(records, { replays: { ...replays, find } });
    asked.length = 0;
    for (let at = 2; at < 50; at++) await frames(one, at);
    expect(new Set(asked)).toEqual(new Set(["appendIfThere"]));
    expect(asked).toHaveLength(48);
  });
});

describe("what lasts of a match", () => {
  test("is recorded when it is answered: its start, the end of a game and its own", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    expect(await replayed(one)).toEqual(["start", [], undefined]);
    await frames(one, 1);
    await one.streams.endGame(match, 1, "end 1");
    expect(await replayed(one)).toEqual(["start", [[1, 1, "end 1"]], undefined]);
    await one.streams.end(match, "end");
    expect(await replayed(one)).toEqual(["start", [[1, 1, "end 1"]], "end"]);
    expect((await records.replays.find(match))!.isComplete).toBe(true);
  });

  test("is answered soon also while the records do not answer", async () => {
    const { add } = records.replays;
    const held = Promise.withResolvers<void>();
    const adding: typeof add = async (...args) => {
      await held.promise;
      await add(...args);
    };
    Object.assign(records, { replays: { ...records.replays, add: adding } });
    const one = node("1");
    const viewer = await watch(one);
    let isAnswered = false;
    const starting = one.streams.start(match, "start").then(() => (isAnswered = true));
    while (viewer.seen.length === 0) await world.advance(0);
    await world.advance(KEEP_WAIT_MS - 1);
    expect(isAnswered).toBe(false);
    await world.advance(1);
    await starting;
    held.resolve();
  });
});
