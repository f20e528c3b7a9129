import { expect, test } from "bun:test";
import { LiveMatch } from "./live-match.ts";
import { timeOf, type GameEnd, type LiveMessage } from "./messages.ts";

const START = { type: "match_start", stageId: 31, players: [] } as const satisfies LiveMessage;

function end(gameNumber: number, winnerPort: number): { readonly type: "game_end" } & GameEnd {
  return { type: "game_end", gameNumber, winnerPort };
}

/** A match that hears messages at the time of a clock that moves on. */
function aMatch() {
  const live = new LiveMatch();
  let now = 0;
  const match = {
    live,
    hear: (message: LiveMessage) => live.hear(message, now),
    frames(from: number, to: number) {
      for (let frame = from; frame <= to; frame++) {
        now += 1000 / 60;
        live.hear({ type: "frame", frame, players: [{ ...nobody, port: 1, x: frame }] }, now);
        live.at(now);
      }
    },
    /** What is to be seen after so many ms. */
    after(ms: number) {
      for (const until = now + ms; now < until; now += 1000 / 60) live.at(now);
      return live.at(now);
    },
  };
  return match;
}

const nobody = {
  port: 0,
  x: 0,
  y: 0,
  actionStateId: null,
  actionFrame: null,
  facingDirection: null,
  percent: null,
  stocks: null,
  shieldHealth: null,
  isInvincible: null,
  isInHitstun: null,
};

const score = (view: { readonly score: ReadonlyMap<number, number> }) => Object.fromEntries(view.score);

test("a game counts when its end is on the screen, not when it is heard of", () => {
  const match = aMatch();
  match.hear(START);
  match.frames(-123, 60);
  match.hear(end(1, 2));
  expect(score(match.after(0))).toEqual({});
  const view = match.after(1_000);
  expect([score(view), view.gameEnd?.winnerPort]).toEqual([{ 2: 1 }, 2]);
});

test("the next game is shown once the end of the last one was to be seen", () => {
  const match = aMatch();
  match.hear(START);
  match.frames(-123, 0);
  match.hear(end(1, 1));
  match.frames(-123, -83);
  expect(match.after(0).gameEnd?.gameNumber).toBe(1);
  match.frames(-82, 60);
  const view = match.after(1_500);
  expect([view.gameEnd, view.figures[0]?.x]).toEqual([null, 60]);
  expect(view.start).toEqual(START);
});

test("who joins late sees the score of the games before", () => {
  const match = aMatch();
  for (const message of [START, end(1, 1), end(2, 2)]) match.hear(message);
  match.frames(4_000, 4_030);
  const view = match.after(500);
  expect([score(view), view.figures[0]?.x]).toEqual([{ 1: 1, 2: 1 }, 4_030]);
});

test("what comes again after a reconnect is not counted again, and the picture goes on", () => {
  const match = aMatch();
  match.hear(START);
  match.frames(-123, 0);
  match.hear(end(1, 1));
  match.frames(-123, 400);
  for (const message of [START, end(1, 1)]) match.hear(message);
  match.frames(430, 500);
  const view = match.after(1_000);
  expect([score(view), view.figures[0]?.x]).toEqual([{ 1: 1 }, 500]);
});

test("a game whose end was missed ends when the frames begin anew", () => {
  const match = aMatch();
  match.hear(START);
  match.frames(0, 900);
  match.frames(-123, 100);
  expect(match.after(2_000).figures[0]?.x).toBe(100);
});

test("the end of the match has the last word on the score", () => {
  const match = aMatch();
  match.hear(START);
  match.frames(0, 30);
  match.hear(end(3, 1));
  match.hear({ type: "match_end", winnerPort: 1, finalScore: [2, 1] });
  expect(match.live.isOver).toBe(true);
  const view = match.after(1_000);
  expect([score(view), view.matchEnd?.winnerPort]).toEqual([{ 1: 2, 2: 1 }, 1]);
});

test("after minutes without looking, the newest game is on the screen", () => {
  const live = new LiveMatch();
  live.hear(START, 0);
  for (let game = 1; game <= 12; game++) {
    for (let frame = -123; frame < 600; frame++) {
      live.hear({ type: "frame", frame, players: [{ ...nobody, port: 1, x: game }] }, game * 20_000 + timeOf(frame));
    }
    live.hear(end(game, 1), game * 20_000 + 10_000);
  }
  live.hear({ type: "frame", frame: -123, players: [{ ...nobody, port: 1, x: 13 }] }, 260_000);
  for (let now = 260_000; now < 263_000; now += 16) live.at(now);
  const view = live.at(263_000);
  expect([view.figures[0]?.x, score(view)]).toEqual([13, { 1: 12 }]);
});
