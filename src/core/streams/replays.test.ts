import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { systemRandom } from "../../adapters/system/random.ts";
import { aContender } from "../../../test/support/examples.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { TestRecords } from "../../../test/support/records.ts";
import { aViewer, REPLAY_KEEP_MS, sharedStreams, type StreamNode } from "../../../test/support/stream-nodes.ts";
import { startStreamWorld, type StreamWorld } from "../../../test/support/stream-world.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { MATCH_SILENCE_MS } from "../matches/matches.ts";
import { Queue } from "../matches/queue.ts";
import { lineOf, packLines } from "./piece.ts";
import { KEEP_MS, MAX_BACKLOG, WRITE_MS } from "./recorder.ts";
import { MAX_REPLAY_LENGTH } from "./recording.ts";

let world: StreamWorld;
let records: TestRecords;
let failures: unknown[];
let running: StreamNode[];
let match: string;
const node = (name: string): StreamNode => world.node(name);
/** Moves the clock on, from one write to the next, and lets the store answer in between. */
async function advance(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= WRITE_MS) {
    await world.advance(Math.min(left, WRITE_MS));
    await records.replays.find(match);
  }
}
const frames = (by: StreamNode, ...numbers: readonly number[]) => world.frames(by, ...numbers);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

beforeEach(async () => {
  world = await startStreamWorld();
  ({ records, failures, running, match } = world);
});
afterEach(() => world.stop());

describe("replays", () => {
  const replay = async (of: StreamNode) => {
    const { record, start, games, end } = await of.replays.get(match);
    return {
      isComplete: record.isComplete,
      start: start?.text,
      games: games.map((game) => [game.number, game.frames.map(({ number }) => number), game.end?.text]),
      end: end?.text,
    };
  };
  /** Packing and the store take real time: the clock, which would run out for what waits, gives them so much of it. */
  const STORE_MS = 500;
  const written = (what: string, check: () => Promise<boolean>) =>
    eventually(
      what,
      async () => {
        await advance(WRITE_MS);
        return eventually(what, check, STORE_MS).catch(() => false);
      },
      25_000,
    );
  const isThere = (by: StreamNode, frame: number) =>
    written(`frame ${frame} is recorded`, async () => {
      const found = await by.replays.get(match).catch(() => null);
      return found?.games.some((game) => game.frames.some(({ number }) => number === frame)) ?? false;
    });

  test("hold all of a match as soon as it is over, whichever nodes it came to", async () => {
    const [one, two] = [node("1"), node("2")];
    await one.streams.start(match, "start");
    await frames(one, ...range(-123, 0));
    await frames(two, ...range(-50, 50));
    await two.streams.endGame(match, 1, "end 1");
    await frames(two, ...range(-123, -100));
    await one.streams.endGame(match, 2, "end 2");
    await two.streams.end(match, "end");
    await written("all is recorded", async () => (await replay(two).catch(() => null))?.isComplete ?? false);
    expect(await replay(one)).toEqual({
      isComplete: true,
      start: "start",
      games: [
        [1, range(-123, 50), "end 1"],
        [2, range(-123, -100), "end 2"],
      ],
      end: "end",
    });
    const pieces = await records.replays.pieces(match);
    expect(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(2_000);
  });

  test("go on when the node that wrote them dies, with all that another has heard", async () => {
    const [one, two] = [node("1"), node("2")];
    await one.streams.start(match, "start");
    await frames(one, 1, 2);
    await isThere(one, 2);
    // From now on the first is stuck in the middle of its death: it hears, and writes nothing.
    await frames(two, 3);
    running.splice(running.indexOf(one), 1);
    const { replays } = records;
    Object.assign(records, { replays: { ...replays, add: async () => undefined } });
    world.shared.dead.add("1");
    await frames(two, 4, 5);
    await isThere(two, 5);
    await two.streams.end(match, "end");
    await written("it is complete", async () => (await replay(two)).isComplete);
    expect((await replay(two)).games).toEqual([[1, [1, 2, 3, 4, 5], undefined]]);
  });

  test("two that write the same make one", async () => {
    const [one, two] = [node("1"), node("2")];
    world.shared.dead.add("1").add("2");
    await one.streams.start(match, "start");
    for (let at = 0; at < 40; at++) {
      await frames(at % 2 === 0 ? one : two, at);
      await advance(100);
    }
    await two.streams.end(match, "end");
    await written("it is complete", async () => (await replay(one).catch(() => null))?.isComplete ?? false);
    await isThere(one, 39);
    expect((await replay(one)).games).toEqual([[1, range(0, 39), undefined]]);
  });

  test("go on with the same game after a restart", async () => {
    const before = node("1");
    await before.streams.start(match, "start");
    await before.streams.endGame(match, 1, "end 1");
    await frames(before, 1, 2);
    await before.recorder.stop();
    running.pop();
    world.shared = sharedStreams(records);
    const after = node("1 again");
    await frames(after, 3);
    await after.streams.endGame(match, 2, "end 2");
    await frames(after, -123);
    await isThere(after, -123);
    expect((await replay(after)).games).toEqual([
      [1, [], "end 1"],
      [2, [1, 2, 3], "end 2"],
      [3, [-123], undefined],
    ]);
  });

  test("are not there of a match that nobody streamed, nor past their time", async () => {
    const one = node("1");
    expect(one.replays.get(match)).rejects.toMatchObject({ code: "replay_not_found" });
    await frames(one, 1);
    await isThere(one, 1);
    await advance(REPLAY_KEEP_MS - 60_000 - KEEP_MS);
    expect(await one.replays.sweep()).toBe(0);
    await advance(60_000 + KEEP_MS);
    expect(await one.replays.sweep()).toBe(1);
    expect(one.replays.get(match)).rejects.toMatchObject({ code: "replay_not_found" });
  });

  test("wait while the records are away, and the stream goes on", async () => {
    let isAway = true;
    const { replays } = records;
    const add: typeof replays.add = async (...args) => {
      if (isAway) throw new StoreUnavailable(new Error("away"));
      await replays.add(...args);
    };
    Object.assign(records, { replays: { ...replays, add } });
    const one = node("1");
    const viewer = aViewer();
    await one.viewers.watch(match, viewer.line);
    await one.streams.start(match, "start");
    await frames(one, 1);
    await written("it was tried", async () => failures.length > 0);
    await frames(one, 2, 3);
    await written("it was tried again", async () => failures.length > 2);
    expect(viewer.seen).toEqual(["start", "f1", "f2", "f3"]);
    isAway = false;
    await isThere(one, 3);
    expect((await replay(one)).games).toEqual([[1, [1, 2, 3], undefined]]);
    failures.length = 0;
  });

  test("stay as they are once the match is over, however long that is ago", async () => {
    const one = node("1");
    await one.streams.start(match, "start");
    await frames(one, 1, 2);
    await one.streams.end(match, "end");
    await written("it is complete", async () => (await replay(one).catch(() => null))?.isComplete ?? false);
    const before = await replay(one);
    const again = async () => {
      await one.streams.start(match, "forged");
      await one.streams.frames(match, [{ number: 2, text: "forged" }]);
      await frames(one, 3);
      expect(await one.streams.live()).toEqual([]);
    };
    // One who never lets go, and one who comes back.
    for (let at = 0; at < 32; at++) {
      await advance(60_000);
      await again();
    }
    await advance(2 * MATCH_SILENCE_MS);
    await again();
    await advance(WRITE_MS);
    await one.recorder.stop();
    expect(await replay(one)).toEqual(before);
    expect((await one.replays.get(match)).games[0]!.frames.map(({ text }) => text)).toEqual(["f1", "f2"]);
  });

  test("are not begun of a match that has expired, nor is it live", async () => {
    const one = node("1");
    await advance(MATCH_SILENCE_MS);
    await one.streams.start(match, "start");
    await frames(one, 1);
    expect(await one.streams.live()).toEqual([]);
    await one.recorder.stop();
    expect(await records.replays.find(match)).toBeNull();
  });

  test("of more matches than there is room for lose the oldest while the records are away", async () => {
    const { add } = records.replays;
    const store = { isAway: true };
    const adding: typeof add = async (...args) => {
      tried.add(args[0]);
      if (store.isAway) throw new StoreUnavailable(new Error("away"));
      await add(...args);
    };
    const tried = new Set<string>();
    Object.assign(records, { replays: { ...records.replays, add: adding } });
    const queue = new Queue({ ...records, random: systemRandom, onLeft: () => undefined });
    const one = node("1");
    const text = "x".repeat(250_000);
    const ids: string[] = [];
    for (let at = 0; at < 10; at++) {
      await queue.join(aContender(`C${at}`));
      ids.push((await queue.join(aContender(`D${at}`))).match!.id);
      await one.streams.start(ids[at]!, "start");
    }
    // What was tried once waits packed, and what comes after it as it is.
    await written("all were tried", async () => tried.size === ids.length);
    for (const id of ids) {
      for (let number = 0; number < 32; number++) await one.streams.frames(id, [{ number, text }]);
    }
    store.isAway = false;
    await one.recorder.stop();
    const found = await Promise.all(ids.map((id) => one.replays.get(id).catch(() => null)));
    const kept = found.map((each) => each?.games[0]?.frames.map(({ number }) => number) ?? []);
    const length = kept.flat().length * text.length;
    expect(length).toBeLessThan(MAX_BACKLOG);
    expect(length).toBeGreaterThan(MAX_BACKLOG * 0.7);
    for (const numbers of kept) expect(numbers.at(-1)).toBe(31);
    failures.length = 0;
  });
});

describe("reading replays", () => {
  const lines = (game: number, from: number, to: number, text: string) =>
    range(from, to)
      .map((number) => lineOf({ kind: "frame", game, number, text }))
      .join("");
  const add = async (number: number, text: string) =>
    records.replays.add(
      match,
      { recorder: "r", number, content: await packLines(text) },
      { games: 1, isComplete: true, at: 0 },
    );

  test("unpacks no more than a replay may be long, whatever it was packed to", async () => {
    const zeros = "0".repeat(1024 * 1024);
    for (let at = 0; at < 8; at++) await add(at, lines(1, at * 10, at * 10 + 9, zeros));
    await add(8, lineOf({ kind: "match_end", game: 2, number: 0, text: "end" }));
    const { games, end } = await node("1").replays.get(match);
    const length = games[0]!.frames.reduce((sum, { text }) => sum + text.length, 0);
    expect(length).toBeGreaterThan(32 * 1024 * 1024);
    expect(length).toBeLessThanOrEqual(MAX_REPLAY_LENGTH);
    expect(end?.text).toBe("end");
  });

  test("leaves pieces of other games alone", async () => {
    await add(0, lineOf({ kind: "match_start", game: 1, number: 0, text: "start" }) + lines(1, 1, 2, "a"));
    await add(1, lines(2, 1, 2, "b"));
    // Nobody could unpack it.
    const head = new TextEncoder().encode('{"games":[3],"hasEdge":false,"size":1}\nbroken');
    await records.replays.add(
      match,
      { recorder: "r", number: 2, content: head },
      { games: 1, isComplete: true, at: 0 },
    );
    const found = await node("1").replays.get(match, 2);
    expect(found.gameNumbers).toEqual([1, 2, 3]);
    expect(found.games.map(({ number, frames }) => [number, frames.map(({ text }) => text)])).toEqual([
      [2, ["b", "b"]],
    ]);
    expect(found.start?.text).toBe("start");
  });

  test("is done once for all who ask at the same time, a few at once, and refused past that", async () => {
    await add(0, lines(1, 1, 2, "a"));
    let reads = 0;
    let most = 0;
    let running = 0;
    const opened = Promise.withResolvers<void>();
    const { replays } = node("1");
    const ask = (game: number) =>
      replays.written({ matchId: match, game, form: "plain" }, async () => {
        reads++;
        most = Math.max(most, ++running);
        await opened.promise;
        running--;
        return game;
      });
    const same = Array.from({ length: 20 }, () => ask(1));
    const others = range(2, 16).map(ask);
    expect(await ask(17).catch(({ code }) => code)).toBe("replays_busy");
    await eventually("two are made", () => running === 2);
    opened.resolve();
    expect(await Promise.all([...same, ...others])).toEqual([...same.map(() => 1), ...range(2, 16)]);
    expect([reads, most]).toEqual([16, 2]);
    expect(await ask(17)).toBe(17);
  });
});
