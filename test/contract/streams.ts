import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Batch, Item, StreamBounds, Streams } from "../../src/ports/streams.ts";
import { eventually } from "../support/eventually.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes two nodes on one empty store. */
export type MakeStreams = (clock: VirtualClock) => readonly [Streams, Streams];

const ROOMY: StreamBounds = { count: 1_000, bytes: 100_000 };
const TTL_MS = 60_000;

/** Every sentence of the port's comment, run against one adapter. */
export function streamsContract(adapter: string, make: MakeStreams): void {
  describe(`streams on ${adapter}`, () => {
    let clock: VirtualClock;
    let one: Streams;
    let other: Streams;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      [one, other] = make(clock);
    });

    const item = (content: string, more: Partial<Item> = {}): Item => ({
      kind: "k",
      content,
      remains: "kept",
      ...more,
    });
    const frame = (number: number, more: Partial<Item> = {}): Item =>
      item(`${number}`, { kind: "frame", remains: "latest", after: { key: "frame", number }, ...more });
    const append = async (items: readonly Item[], { by = one, to = "s", bounds = ROOMY } = {}) => {
      const outcome = await by.append(to, items, { ttlMs: TTL_MS, bounds });
      return "isFull" in outcome ? "full" : outcome.taken.map(Number).join("");
    };
    const contents = (batch: Batch | null): readonly string[] | null => batch && batch.items.map((one) => one.content);
    const head = async (of = "s") => contents(await other.head(of));
    const follow = async (by = other, of = "s") => {
      const batches: Batch[] = [];
      const end = await by.follow(of, (batch) => batches.push(batch));
      return { batches, end, all: () => batches.flatMap((batch) => contents(batch)!) };
    };

    describe("what remains", () => {
      test("is all that is kept and the latest of each kind, in the order it was taken", async () => {
        await append([item("start"), frame(1), frame(2)]);
        await append([item("score 1", { kind: "score", remains: "latest" }), frame(3), item("end of game")]);
        await append([item("score 2", { kind: "score", remains: "latest" })], { by: other });
        expect(await head()).toEqual(["start", "3", "end of game", "score 2"]);
        expect(contents(await one.head("s"))).toEqual(await head());
      });

      test("is nothing for a stream that is not there, and streams do not see each other", async () => {
        await append([item("x")], { to: "elsewhere" });
        expect(await one.head("s")).toBeNull();
        expect(await head("elsewhere")).toEqual(["x"]);
      });

      test("is kept byte for byte", async () => {
        const content = 'v=0\r\n"é\\u0000\u0000\u2028🎮';
        const { batches } = await follow();
        await append([item(content, { kind: "é \u0000" })]);
        const whole = { items: [{ kind: "é \u0000", content }], hasEnded: false };
        expect(await other.head("s")).toEqual(whole);
        await eventually("it comes", () => batches.length === 1);
        expect(batches).toEqual([whole]);
      });

      test("is forgotten when its time is over, and can begin anew", async () => {
        await append([item("old", { once: "start" }), frame(5)]);
        await clock.advance(TTL_MS - 1);
        expect(await head()).toEqual(["old", "5"]);
        await append([frame(6)]);
        await clock.advance(TTL_MS - 1);
        expect(await append([frame(6)])).toBe("0");
        await clock.advance(1);
        expect(await other.head("s")).toBeNull();
        expect(await append([item("new", { once: "start" }), frame(1)])).toBe("11");
        expect(await head()).toEqual(["new", "1"]);
      });
    });

    describe("the rules", () => {
      test("a number that is not above the highest is left, whoever sends it, and within one append, too", async () => {
        expect(await append([frame(-123), frame(-122), frame(-122), frame(-123)])).toBe("1100");
        expect(await append([frame(-123), frame(-122), frame(-121)], { by: other })).toBe("001");
        expect(await append([frame(5, { after: { key: "another", number: -9 } })])).toBe("1");
        expect(await append([frame(Number.MAX_SAFE_INTEGER - 1)])).toBe("1");
        expect(await append([frame(Number.MAX_SAFE_INTEGER)])).toBe("1");
        expect(await append([frame(Number.MAX_SAFE_INTEGER)])).toBe("0");
      });

      test("a name is taken once", async () => {
        expect(await append([item("a", { once: "start" }), item("b", { once: "start" }), item("c")])).toBe("101");
        expect(await append([item("d", { once: "start" }), item("e", { once: "other" })], { by: other })).toBe("01");
        expect(await head()).toEqual(["a", "c", "e"]);
      });

      test("an item that restarts a key lets its numbers begin anew, and only if it is taken itself", async () => {
        const restarts = { key: "frame", at: 0, reach: 5, forMs: 1_000 };
        const over = item("game 1", { once: "game 1", restarts });
        expect(await append([frame(1), frame(2), over, frame(0), frame(1)])).toBe("11111");
        expect(await append([frame(2), over, frame(2), frame(3)], { by: other })).toBe("1001");
      });

      describe("of numbers that begin anew", () => {
        const over = (game: number) =>
          item("over", { once: `${game}`, restarts: { key: "frame", at: -100, reach: 50, forMs: 1_000 } });

        test("those are left that run ahead by more than the reach and are nearer to the highest from before", async () => {
          expect(await append([frame(1_000), over(1), frame(999), frame(1_000), frame(1_001)])).toBe("11000");
          expect(await append([frame(451), frame(450), frame(1_001)], { by: other })).toBe("010");
          // Halfway from the newest on.
          expect(await append([frame(726), frame(725), frame(863), frame(862)])).toBe("0101");
          // Where halfway is within the reach, that alone counts, and past the highest from before it goes on.
          expect(await append([frame(950), frame(912), frame(963), frame(962), frame(1_012)])).toBe("01011");
        });

        test("those within the reach are taken, also where the former ones ended there", async () => {
          expect(await append([frame(-60), over(1), frame(-49), frame(-50), frame(0), frame(1)])).toBe("110111");
          expect(await append([frame(-100), over(1), frame(-100), frame(-99)], { to: "short" })).toBe("1111");
          expect(await append([frame(-400), over(1), frame(-500), frame(-450)], { to: "below" })).toBe("1111");
        });

        test("all are taken again once the time is over, wherever they begin", async () => {
          await append([frame(1_000), over(1)]);
          await clock.advance(999);
          expect(await append([frame(1_001)], { by: other })).toBe("0");
          await clock.advance(1);
          expect(await append([frame(999), frame(998), frame(1_001)])).toBe("101");
        });

        test("the highest from before stays the same if none came between two beginnings, and the time is new", async () => {
          await append([frame(1_000), over(1)]);
          await clock.advance(600);
          await append([over(2)], { by: other });
          await clock.advance(999);
          expect(await append([frame(1_001)])).toBe("0");
          await clock.advance(1);
          expect(await append([frame(1_001)])).toBe("1");
        });

        test("nothing is left where none had been taken before", async () => {
          expect(await append([over(1), frame(9_999), frame(10_000)])).toBe("111");
        });
      });

      test("nothing is taken after the last", async () => {
        const last = item("end", { isLast: true });
        expect(await append([item("a"), last, item("b"), last])).toBe("1100");
        expect(await append([item("c")], { by: other })).toBe("0");
        expect(await other.head("s")).toEqual({
          items: [
            { kind: "k", content: "a" },
            { kind: "k", content: "end" },
          ],
          hasEnded: true,
        });
      });

      test("a stream that is to be there already is not begun, and one that is there goes on", async () => {
        const goOn = (items: readonly Item[], by = other) =>
          by.appendIfThere("s", items, { ttlMs: TTL_MS, bounds: ROOMY });
        const { all } = await follow();
        expect(await goOn([item("a", { once: "start" }), frame(1)])).toBeNull();
        expect(await goOn([])).toBeNull();
        expect(await one.head("s")).toBeNull();
        await append([item("start", { once: "start" })]);
        expect(await goOn([item("b", { once: "start" }), frame(1)])).toEqual({ taken: [false, true] });
        const none = { count: 0, bytes: 0 };
        expect(await other.appendIfThere("s", [frame(2)], { ttlMs: TTL_MS, bounds: none })).toEqual({ isFull: true });
        await eventually("it comes", () => all().length === 2);
        expect(all()).toEqual(["start", "1"]);
        // What is taken by it prolongs the stream like any other.
        await clock.advance(TTL_MS - 1);
        expect(await goOn([frame(2)], one)).toEqual({ taken: [true] });
        await clock.advance(TTL_MS - 1);
        expect(await head()).toEqual(["start", "2"]);
        await clock.advance(1);
        expect(await goOn([frame(3)])).toBeNull();
      });

      test("of many who go on with a stream that is being begun, each finds it whole or not at all", async () => {
        const goOn = (at: number) =>
          (at % 2 === 0 ? one : other).appendIfThere("s", [frame(at)], { ttlMs: TTL_MS, bounds: ROOMY });
        const outcomes = await Promise.all([goOn(1), goOn(2), append([item("start"), frame(0)]), goOn(3), goOn(4)]);
        expect(outcomes[2]).toBe("11");
        const found = (await one.head("s"))!.items.map(({ content }) => content);
        expect(found[0]).toBe("start");
        expect(await goOn(5)).toEqual({ taken: [true] });
      });

      test("an append that takes nothing changes nothing and tells nobody", async () => {
        await append([frame(1)]);
        const { all, batches } = await follow();
        await append([frame(1)]);
        await append([]);
        await append([frame(2)]);
        await eventually("the next comes", () => all().includes("2"));
        expect(batches).toHaveLength(2);
        expect(await one.head("none")).toBeNull();
        expect(await append([], { to: "none" })).toBe("");
        expect(await one.head("none")).toBeNull();
      });
    });

    describe("bounds", () => {
      test("what remains fills them exactly, and an append that would pass them is refused whole", async () => {
        const bounds = { count: 4, bytes: "kfirst".length + "start".length + "frame1".length + "frame".length };
        const first = [item("first", { once: "start" }), frame(1)];
        expect(await append(first, { bounds: { ...bounds, bytes: bounds.bytes - 1 } })).toBe("full");
        expect(await append(first, { bounds: { ...bounds, count: 3 } })).toBe("full");
        expect(await one.head("s")).toBeNull();
        expect(await append(first, { bounds })).toBe("11");
        expect(await append([frame(2), item("")], { bounds })).toBe("full");
        expect(await head()).toEqual(["first", "1"]);
        expect(await append([frame(2), frame(3)], { bounds })).toBe("11");
        expect(await append([frame(10)], { bounds })).toBe("full");
        expect(await append([frame(4)], { bounds })).toBe("1");
      });

      test("a key whose numbers begin anew takes no more room, and no less", async () => {
        const bounds = { count: 3, bytes: 1_000 };
        const over = item("over", { restarts: { key: "frame", at: 0, reach: 5, forMs: 1_000 } });
        expect(await append([frame(1), over], { bounds })).toBe("11");
        expect(await append([frame(0)], { bounds })).toBe("1");
        expect(await append([over], { bounds })).toBe("full");
      });
    });

    describe("following", () => {
      test("brings what remains, then what comes, each append together, from any node", async () => {
        await append([item("start"), frame(1), frame(2)]);
        const { batches, end } = await follow();
        await append([frame(2), frame(3), frame(4)], { by: other });
        await append([item("end", { isLast: true })]);
        await eventually("the end comes", () => batches.at(-1)?.hasEnded);
        expect(batches.map((batch) => [...contents(batch)!, batch.hasEnded])).toEqual([
          ["start", "2", false],
          ["3", "4", false],
          ["end", true],
        ]);
        end();
        expect((await follow()).batches.map((batch) => [...contents(batch)!, batch.hasEnded])).toEqual([
          ["start", "4", "end", true],
        ]);
      });

      test("begins before the stream does, and goes on when it was forgotten", async () => {
        const { all, batches } = await follow();
        expect(batches).toEqual([]);
        await append([frame(1)]);
        await eventually("it begins", () => all().length === 1);
        await clock.advance(TTL_MS);
        await append([frame(1), frame(2)]);
        await eventually("it begins anew", () => all().length === 3);
        expect(all()).toEqual(["1", "1", "2"]);
      });

      test("ends for one and goes on for the others", async () => {
        const [first, second, third] = [await follow(), await follow(), await follow(one)];
        first.end();
        first.end();
        await append([frame(1)]);
        for (const { all } of [second, third]) await eventually("it comes", () => all().length === 1);
        expect(first.batches).toEqual([]);
        second.end();
        third.end();
      });

      test("of two who publish the same at once, each number comes once and in order, whenever one joins", async () => {
        const publish = async (by: Streams, sizes: readonly number[]): Promise<void> => {
          let next = 0;
          for (const size of sizes) {
            await append(
              Array.from({ length: size }, () => frame(next++)),
              { by, to: name },
            );
          }
        };
        let name = "";
        let rounds = 0;
        const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 });
        await fc.assert(
          fc.asyncProperty(sizes, sizes, async (a, b) => {
            name = `race-${rounds++}`;
            const early = await follow(other, name);
            const publishing = Promise.all([publish(one, a), publish(other, b)]);
            const late = await follow(one, name);
            await publishing;
            const most = Math.max(...[a, b].map((some) => some.reduce((sum, size) => sum + size)));
            for (const { all } of [early, late]) {
              await eventually("all have come", () => all().at(-1) === `${most - 1}`);
            }
            const every = Array.from({ length: most }, (_, at) => `${at}`);
            expect(early.all()).toEqual(every);
            expect(late.all()).toEqual(every.slice(-late.all().length));
            early.end();
            late.end();
          }),
          { numRuns: 25 },
        );
      });
    });
  });
}
