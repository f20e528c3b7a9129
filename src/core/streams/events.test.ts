import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryStreams } from "../../adapters/memory/streams.ts";
import { itemOf, type StreamEvent } from "./events.ts";

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Frames that come together; the end of a game by its number; time that passes, in ms. */
type Step = readonly number[] | { readonly end: number } | { readonly wait: number };

/** The frames that are taken, game by game. */
async function play(steps: readonly Step[]): Promise<readonly (readonly number[])[]> {
  const clock = createVirtualClock();
  const streams = createMemoryStreams(clock);
  const games: number[][] = [[]];
  for (const step of steps) {
    if ("wait" in step) {
      await clock.advance(step.wait);
      continue;
    }
    const events: readonly StreamEvent[] =
      "end" in step
        ? [{ kind: "game_end", number: step.end, text: "" }]
        : step.map((number) => ({ kind: "frame", number, text: "" }));
    const outcome = await streams.append("s", events.map(itemOf), {
      ttlMs: 60_000,
      bounds: { count: 99, bytes: 9_999 },
    });
    if ("isFull" in outcome) throw new Error("full");
    const taken = events.filter((_, at) => outcome.taken[at]);
    for (const { kind, number } of taken) {
      if (kind === "frame") games.at(-1)!.push(number);
      else games.push([]);
    }
  }
  return games;
}

describe("frames belong to the newest game", () => {
  const cases: readonly (readonly [string, readonly Step[], readonly (readonly number[])[]])[] = [
    [
      "of two who play it at once, one slower",
      [
        range(-123, 3_010),
        range(-123, 3_000),
        { end: 1 },
        range(3_001, 3_014),
        range(-123, -116),
        { end: 1 },
        [-123, -115],
      ],
      [range(-123, 3_010), range(-123, -115)],
    ],
    [
      "with late ones of the game before between its first ones, and later on",
      [
        range(3_000, 3_010),
        { end: 1 },
        range(-123, -116),
        range(3_011, 3_014),
        range(-115, -100),
        { wait: 9_000 },
        [3_015],
        range(-99, 440),
      ],
      [range(3_000, 3_010), range(-123, 440)],
    ],
    [
      "when its first frames and those of a short game before meet",
      [range(-123, 57), { end: 1 }, range(-20, 5_179)],
      [range(-123, 57), range(-20, 5_179)],
    ],
    [
      "after a game of one frame",
      [[-123], { end: 1 }, range(-123, 40), { end: 2 }, range(10, 20)],
      [[-123], range(-123, 40), range(10, 20)],
    ],
    [
      "when it is the longer one, however fast it comes",
      [range(-123, 900), { end: 1 }, range(-123, 2_000), { end: 2 }, range(-123, 3_000)],
      [range(-123, 900), range(-123, 2_000), range(-123, 3_000)],
    ],
    [
      "when its first five seconds are lost",
      [range(-123, 900), { end: 1 }, range(177, 1_200)],
      [range(-123, 900), range(177, 1_200)],
    ],
    [
      "when seconds in its middle are lost",
      [range(-123, 900), { end: 1 }, range(-123, 600), range(850, 1_500)],
      [range(-123, 900), [...range(-123, 600), ...range(850, 1_500)]],
    ],
    [
      "wherever it begins, once no late one can be under way",
      [range(-123, 900), { end: 1 }, [880, 901], { wait: 10_000 }, range(880, 950)],
      [range(-123, 900), range(880, 950)],
    ],
    [
      "with late ones of the game before the last, which nobody played",
      [range(-123, 900), { end: 1 }, { end: 2 }, [901], range(-123, -100)],
      [range(-123, 900), [], range(-123, -100)],
    ],
  ];
  test.each(cases)("%s", async (_, steps, games) => {
    expect(await play(steps)).toEqual(games);
  });
});
