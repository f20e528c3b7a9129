import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import type { TestRecords } from "../../../test/support/records.ts";
import { aViewer, type StreamNode } from "../../../test/support/stream-nodes.ts";
import { startStreamWorld, type StreamWorld } from "../../../test/support/stream-world.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { MATCH_SILENCE_MS } from "../matches/matches.ts";
import { LIVE_MS } from "./live-matches.ts";

let world: StreamWorld;
let records: TestRecords;
let match: string;
const node = (name: string): StreamNode => world.node(name);
const advance = (ms: number) => world.advance(ms);
const frames = (by: StreamNode, ...numbers: readonly number[]) => world.frames(by, ...numbers);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

beforeEach(async () => {
  world = await startStreamWorld();
  ({ records, match } = world);
});
afterEach(() => world.stop());

describe("what is streamed", () => {
  test("of two who stream the same over different nodes, each event comes once and in order, on every node", async () => {
    const [one, two, three] = [node("1"), node("2"), node("3")];
    const viewers = await Promise.all(
      [one, two, three].map(async ({ viewers }) => {
        const viewer = aViewer();
        await viewers.watch(match, viewer.line);
        return viewer;
      }),
    );
    await one.streams.start(match, "start");
    await two.streams.start(match, "start of the other");
    for (let at = -123; at < 100; at += 3) {
      await frames(one, at, at + 1, at + 2);
      await frames(two, at - 1, at, at + 1, at + 2, at + 3);
    }
    await one.streams.endGame(match, 1, "end 1");
    await two.streams.endGame(match, 1, "end 1 of the other");
    await frames(two, -123);
    await frames(one, -123, -122);
    await two.streams.end(match, "end");
    await one.streams.end(match, "end of the other");
    await frames(one, -121);
    const expected = ["start", ...range(-123, 102).map((at) => `f${at}`), "end 1", "f-123", "f-122", "end"];
    for (const { seen } of viewers) expect(seen).toEqual(expected);
  });

  test("what the slower player still sends of a game that is over does not spoil the next one", async () => {
    const [one, two] = [node("1"), node("2")];
    const { line, seen } = aViewer();
    await one.viewers.watch(match, line);
    await frames(one, 3_599, 3_600);
    await one.streams.endGame(match, 1, "over");
    await frames(two, 3_590, 3_600, 3_601);
    await frames(one, -123);
    await frames(two, 3_602, -122);
    await frames(two, 3_603);
    await frames(one, -121);
    expect(seen).toEqual(["f3599", "f3600", "over", "f-123", "f-122", "f-121"]);
  });

  test("of a match that is not there, is refused", async () => {
    const { streams } = node("1");
    const refused = await Promise.allSettled([
      streams.start("none", ""),
      streams.frames("none", []),
      streams.end("none", ""),
      streams.viewers("x"),
    ]);
    for (const one of refused) expect(one).toMatchObject({ status: "rejected", reason: { code: "match_not_found" } });
  });

  test("keeps its match from expiring, and asks the records for it once a minute", async () => {
    const { streams } = node("1");
    const before = (await records.matches.find(match))!.activeAt;
    for (let at = 0; at < 40; at++) {
      await advance(60_000);
      await streams.frames(match, [{ number: at, text: "" }]);
    }
    const activeAt = () => records.matches.find(match).then((found) => found!.activeAt);
    await eventually("the records know", async () => (await activeAt()) === before + 40 * 60_000);
    await advance(30_000);
    await streams.frames(match, [{ number: 40, text: "" }]);
    expect(await records.matches.expire(before + 40 * 60_000 - MATCH_SILENCE_MS, 10)).toEqual([]);
    expect(await activeAt()).toBe(before + 40 * 60_000);
  });

  test("is live from its start to its end, or until no frame has come for a minute", async () => {
    const [one, two] = [node("1"), node("2")];
    await one.streams.start(match, "start");
    expect(await two.streams.live()).toEqual([match]);
    await advance(LIVE_MS - 1);
    await frames(two, 1);
    await advance(LIVE_MS - 1);
    expect(await one.streams.live()).toEqual([match]);
    await advance(1);
    expect(await one.streams.live()).toEqual([]);
    await frames(one, 2);
    expect(await two.streams.live()).toEqual([match]);
    await two.streams.end(match, "end");
    expect(await one.streams.live()).toEqual([]);
  });
});

describe("a match that is live", () => {
  test("is so no more once it has ended, however late the word of another node comes", async () => {
    const held = Promise.withResolvers<void>();
    const { presences } = world.shared;
    const one = node("1");
    world.shared = {
      ...world.shared,
      presences: (kind) => ({
        ...presences(kind),
        async enter(...args) {
          await held.promise;
          return presences(kind).enter(...args);
        },
      }),
    };
    const late = node("late");
    await one.streams.start(match, "start");
    await frames(late, 1);
    await one.streams.end(match, "end");
    expect(await one.streams.live()).toEqual([]);
    held.resolve();
    await advance(0);
    expect(await one.streams.live()).toEqual([]);
  });
});

describe("viewers", () => {
  test("who come late get what remains at once, and then everything", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    await frames(one, 1, 2);
    await one.streams.endGame(match, 1, "end 1");
    const early = aViewer();
    await one.viewers.watch(match, early.line);
    await frames(one, -123, -122);
    const [late, far] = [aViewer(), aViewer()];
    await Promise.all([one.viewers.watch(match, late.line), node("2").viewers.watch(match, far.line)]);
    expect(late.seen).toEqual(["start", "end 1", "f-122"]);
    await frames(one, -121);
    expect(early.seen).toEqual(["start", "f2", "end 1", "f-123", "f-122", "f-121"]);
    for (const { seen } of [late, far]) expect(seen).toEqual(["start", "end 1", "f-122", "f-121"]);
  });

  test("who come while the store is away are refused, and those who come again afterwards get everything", async () => {
    let isAway = true;
    const { streams } = world.shared;
    const follow: typeof streams.follow = async (...args) => {
      if (isAway) throw new StoreUnavailable(new Error("away"));
      return streams.follow(...args);
    };
    world.shared = { ...world.shared, streams: { ...streams, follow } };
    const { viewers } = node("1");
    const refused = await Promise.allSettled([1, 2].map(() => viewers.watch(match, aViewer().line)));
    for (const one of refused) expect(one).toMatchObject({ status: "rejected", reason: { name: "StoreUnavailable" } });
    expect(viewers.size).toBe(0);
    isAway = false;
    const again = aViewer();
    await viewers.watch(match, again.line);
    await frames(node("2"), 1);
    expect(again.seen).toEqual(["f1"]);
  });

  test("who come while frames do get each of the frames that follow, once", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    await one.viewers.watch(match, aViewer().line);
    for (let at = 1; at < 20; at++) {
      const viewer = aViewer();
      await Promise.all([one.viewers.watch(match, viewer.line), frames(one, at)]);
      await frames(one, at + 0.5);
      expect(viewer.seen[0]).toBe("start");
      expect(viewer.seen.slice(-2)).toEqual([`f${at}`, `f${at + 0.5}`]);
      expect(new Set(viewer.seen).size).toBe(viewer.seen.length);
    }
  });

  test("get what came at once together, and a node follows a stream once for all of them", async () => {
    let follows = 0;
    let ended = 0;
    const { streams } = world.shared;
    world.shared = {
      ...world.shared,
      streams: {
        ...streams,
        async follow(...args) {
          follows++;
          const end = await streams.follow(...args);
          return () => (ended++, end());
        },
      },
    };
    const [one, two] = [node("1"), node("2")];
    const viewers = Array.from({ length: 50 }, aViewer);
    const watching = await Promise.all(viewers.map(({ line }) => one.viewers.watch(match, line)));
    await frames(two, 1, 2, 3, 4);
    for (const { seen, writes } of viewers) expect([seen.length, writes()]).toEqual([4, 1]);
    // One of them records.
    expect(follows).toBe(2);
    for (const { leave } of watching) leave();
    await eventually("nobody follows there", () => ended === 1);
    expect(one.viewers.size).toBe(0);
  });

  test("who do not keep up lose frames, older ones first, and nothing else", async () => {
    const one = node("1");
    const [slow, fast] = [aViewer(), aViewer()];
    const { drained } = await one.viewers.watch(match, slow.line);
    await one.viewers.watch(match, fast.line);
    slow.state.buffered = 1_001;
    await one.streams.start(match, "start");
    await frames(one, 1, 2, 3);
    await frames(one, 4, 5);
    expect(slow.seen).toEqual(["start"]);
    slow.state.buffered = 0;
    drained();
    expect(slow.seen).toEqual(["start", "f5"]);
    drained();
    slow.state.buffered = 2_000;
    await frames(one, 6, 7);
    await one.streams.endGame(match, 1, "end 1");
    await frames(one, -123, -122);
    slow.state.buffered = 1_000;
    await frames(one, -121);
    slow.state.buffered = 2_000;
    await frames(one, -120);
    await one.streams.end(match, "end");
    slow.state.buffered = 0;
    drained();
    expect(slow.seen).toEqual(["start", "f5", "end 1", "f-121", "end"]);
    expect(fast.seen).toHaveLength(14);
    expect(one.viewers.figures()).toMatchObject({ viewers: 2, behind: 0, dropped: 9, lags: { count: 3 } });
  });

  test("who do not keep up are found as soon as somebody has something left, also by what remained for them", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    const [slow, fast] = [aViewer(), aViewer()];
    slow.state.buffered = 1_001;
    await one.viewers.watch(match, slow.line);
    await one.viewers.watch(match, fast.line);
    await frames(one, 1);
    expect([slow.seen, one.viewers.figures().behind]).toEqual([["start"], 1]);
    expect(slow.state.isBounded).toBe(true);
    slow.state.buffered = 1_000;
    await frames(one, 2);
    // Once more, without having been all the way down in between.
    slow.state.buffered = 1_001;
    await frames(one, 3);
    expect([slow.seen, fast.seen]).toEqual([
      ["start", "f2"],
      ["start", "f1", "f2", "f3"],
    ]);
  });

  test("who take nothing of what came at once are found though nothing follows it", async () => {
    const one = node("1");
    const [stalled, fast] = [aViewer(), aViewer()];
    await one.viewers.watch(match, stalled.line);
    await one.viewers.watch(match, fast.line);
    await one.streams.start(match, "x".repeat(1_001));
    // Only in the next turn it can be seen what is left of it.
    stalled.state.buffered = 1_001;
    expect(one.viewers.figures().behind).toBe(0);
    await advance(0);
    expect([one.viewers.figures().behind, stalled.state.isBounded, fast.state.isBounded]).toEqual([1, true, false]);
    await frames(one, 1);
    expect([stalled.seen.length, fast.seen.length]).toEqual([1, 2]);
  });

  test("who leave while they are behind are behind no more", async () => {
    const one = node("1");
    const [slow, fast] = [aViewer(), aViewer()];
    const { leave, drained } = await one.viewers.watch(match, slow.line);
    await one.viewers.watch(match, fast.line);
    slow.state.buffered = 1_001;
    await frames(one, 1);
    await frames(one, 2);
    leave();
    drained();
    await frames(one, 3);
    expect([slow.seen, fast.seen]).toEqual([["f1"], ["f1", "f2", "f3"]]);
    expect(one.viewers.figures()).toMatchObject({ viewers: 1, behind: 0 });
  });

  test("are shown every 30 seconds that the line lives, and closed five seconds after the end", async () => {
    const one = node("1");
    const [{ line, seen, state }, late] = [aViewer(), aViewer()];
    await one.viewers.watch(match, line);
    await advance(60_000);
    expect(seen).toEqual(["ping", "ping"]);
    await one.streams.end(match, "end");
    await advance(4_999);
    await one.viewers.watch(match, late.line);
    expect([state.isOver, late.seen]).toEqual([false, ["end"]]);
    await advance(1);
    expect([state.isOver, late.state.isOver]).toEqual([true, true]);
  });

  test("are counted over all nodes that live", async () => {
    const [one, two, three] = [node("1"), node("2"), node("3")];
    const add = ({ viewers }: StreamNode) => viewers.watch(match, aViewer().line);
    const [first] = [await add(one), await add(one), await add(two)];
    await advance(0);
    expect(await three.streams.viewers(match)).toBe(3);
    expect(await one.streams.start(match, "start")).toBe(3);
    first.leave();
    await advance(60_000);
    expect(await two.streams.viewers(match)).toBe(2);
    world.shared.dead.add("2");
    expect(await three.streams.viewers(match)).toBe(1);
  });

  test("are asked of the store once a second, whoever asks, and those of this node are always right", async () => {
    let reads = 0;
    const { presences } = world.shared;
    const of = (kind: string) => {
      const found = presences(kind);
      const counted = (groups: readonly string[]) => (reads++, found.of(groups));
      return { ...found, of: kind === "viewers" ? counted : found.of };
    };
    world.shared = { ...world.shared, presences: of };
    const one = node("1");
    const ask = () => one.streams.viewers(match);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([0, 0, 0]);
    await one.viewers.watch(match, aViewer().line);
    expect([await ask(), await ask(), reads]).toEqual([1, 1, 2]);
    await advance(1_000);
    expect([await ask(), reads]).toEqual([1, 3]);
  });
});
