import { expect, test } from "bun:test";
import { timeOf, type Frame } from "./messages.ts";
import { between, Playout } from "./playout.ts";

const SCREEN_MS = 1000 / 60;

function aFrame(frame: number): Frame {
  return { frame, players: [] };
}

/** When each frame arrives, by number, and what the screen then shows, refreshing 60 times a second. */
function watch(playout: Playout, arrivals: readonly (readonly [at: number, frame: number])[], until: number) {
  const shown: { readonly now: number; readonly frame: number }[] = [];
  let next = 0;
  for (let now = 0; now < until; now += SCREEN_MS) {
    for (; next < arrivals.length && arrivals[next]![0] <= now; next++) playout.push(aFrame(arrivals[next]![1]), now);
    const position = playout.at(now);
    if (position === null) continue;
    const { from, to, mix } = position;
    shown.push({ now, frame: from.frame + (to.frame - from.frame) * mix });
  }
  return shown;
}

/** Frames in batches of 4, each as late as its last one, and then by `lateMs`. */
function batches(count: number, lateMs: (batch: number) => number): readonly (readonly [number, number])[] {
  return Array.from({ length: count * 4 }, (_, frame) => {
    const batch = Math.floor(frame / 4);
    return [timeOf(batch * 4 + 4) + lateMs(batch), frame] as const;
  });
}

function steps(shown: readonly { readonly frame: number }[]): readonly number[] {
  return shown.slice(1).map(({ frame }, at) => frame - shown[at]!.frame);
}

test("frames that come in batches are shown evenly, one for each refresh of the screen", () => {
  const shown = watch(
    new Playout(),
    batches(150, () => 40),
    10_000,
  ).filter(({ now }) => now > 2_000 && now < 9_000);
  for (const step of steps(shown)) expect(step).toBeWithin(0.9, 1.1);
});

test("the delay is small on an even network, and grows as far as an uneven one needs", () => {
  const even = new Playout();
  watch(
    even,
    batches(60, () => 40),
    4_000,
  );
  expect(even.delayMs).toBeLessThan(80);
  const uneven = new Playout();
  const shown = watch(
    uneven,
    batches(150, (batch) => (batch % 3 === 0 ? 160 : 40)),
    10_000,
  );
  expect(uneven.delayMs).toBeWithin(120, 250);
  for (const step of steps(shown.filter(({ now }) => now > 4_000 && now < 9_000))) expect(step).toBeWithin(0.7, 1.3);
});

test("a picture that has fallen a little behind hurries; it does not jump", () => {
  const shown = watch(
    new Playout(),
    batches(150, (batch) => (batch > 40 && batch < 46 ? 350 : 40)),
    10_000,
  );
  expect(Math.max(...steps(shown.slice(10)))).toBeLessThan(2);
  const { now, frame } = shown.at(-1)!;
  expect(now - timeOf(frame)).toBeLessThan(600);
});

test("after the page was hidden, the picture is where the match is", () => {
  const playout = new Playout();
  for (let frame = 0; frame < 60; frame++) playout.push(aFrame(frame), timeOf(frame));
  playout.at(timeOf(60));
  for (let frame = 60; frame < 3_600; frame++) playout.push(aFrame(frame), timeOf(frame));
  expect(playout.at(timeOf(3_600))!.from.frame).toBeGreaterThan(3_590);
});

test("without new frames the picture stands still at the newest", () => {
  const playout = new Playout();
  for (let frame = 0; frame < 30; frame++) playout.push(aFrame(frame), timeOf(frame));
  playout.at(500);
  expect(playout.at(5_000)).toEqual({ from: aFrame(29), to: aFrame(29), mix: 0 });
  expect(playout.isAtEnd).toBe(true);
});

test("frames that are repeated or out of order change nothing", () => {
  const playout = new Playout();
  for (const frame of [0, 1, 2, 1, 2, 0]) playout.push(aFrame(frame), 100);
  expect(playout.newest).toBe(2);
});

test("a gap is crossed in a line if it is short, and waited out if it is long", () => {
  expect(between(aFrame(10), aFrame(14), timeOf(12)).mix).toBeCloseTo(0.5);
  expect(between(aFrame(10), aFrame(100), timeOf(50))).toEqual({ from: aFrame(10), to: aFrame(10), mix: 0 });
});
