import { expect, test } from "bun:test";
import type { Frame } from "./messages.ts";
import { clockText, Replay } from "./replay.ts";

function frames(from: number, to: number): readonly Frame[] {
  return Array.from({ length: to - from + 1 }, (_, at) => ({
    frame: from + at,
    players: [
      {
        port: 1,
        x: from + at,
        y: 0,
        actionStateId: 14,
        actionFrame: 0,
        facingDirection: 1,
        percent: 0,
        stocks: 4,
        shieldHealth: 60,
        isInvincible: false,
        isInHitstun: false,
      },
    ],
  }));
}

const start = { stageId: 31, players: [] };

/** Two games of 10 s and of 5 s. */
const replay = new Replay({
  games: [
    { start, frames: frames(-123, 477), end: { gameNumber: 1, winnerPort: 2 } },
    { start, frames: frames(-123, 177), end: { gameNumber: 2, winnerPort: 2 } },
  ],
  end: { winnerPort: 2, finalScore: [0, 2] },
});

test("a replay is as long as its games and a moment after each", () => {
  expect(replay.length).toBeCloseTo(10_000 + 5_000 + 2 * 1_500);
  expect(replay.beginnings.map(Math.round)).toEqual([0, 11_500]);
});

test("any time can be asked for, in any order", () => {
  const x = (time: number) => replay.at(time).figures[0]?.x;
  expect(x(0)).toBe(-123);
  expect(x(14_500)).toBeCloseTo(57);
  expect(x(5_000)).toBeCloseTo(177);
  expect(x(5_008)).toBeCloseTo(177.48);
  expect(x(-1)).toBe(-123);
  expect(x(1_000_000)).toBe(177);
});

test("the score is that of the moment", () => {
  const score = (time: number) => Object.fromEntries(replay.at(time).score);
  expect([score(9_000), score(10_500), score(12_000)]).toEqual([{}, { 2: 1 }, { 2: 1 }]);
  expect(replay.at(10_500).gameEnd?.gameNumber).toBe(1);
  const last = replay.at(replay.length);
  expect([last.matchEnd?.winnerPort, Object.fromEntries(last.score)]).toEqual([2, { 1: 0, 2: 2 }]);
});

test("an empty replay is empty, and a game without frames is passed over", () => {
  expect(new Replay({ games: [], end: null }).at(5).figures).toEqual([]);
  expect(new Replay({ games: [{ start, frames: [], end: null }], end: null }).at(0).figures).toEqual([]);
});

test("times read like times", () => {
  expect([0, 59_999, 60_000, 754_000].map(clockText)).toEqual(["0:00", "0:59", "1:00", "12:34"]);
});
