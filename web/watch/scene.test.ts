import { expect, test } from "bun:test";
import type { PlayerFrame } from "./messages.ts";
import { figuresAt } from "./scene.ts";

function player(more: Partial<PlayerFrame> = {}): PlayerFrame {
  return {
    port: 1,
    x: 0,
    y: 0,
    actionStateId: 20,
    actionFrame: 3,
    facingDirection: 1,
    percent: 10,
    stocks: 4,
    shieldHealth: 60,
    isInvincible: false,
    isInHitstun: false,
    ...more,
  };
}

function at(mix: number, from: PlayerFrame, to: PlayerFrame) {
  return figuresAt({ from: { frame: 5, players: [from] }, to: { frame: 6, players: [to] }, mix })[0]!;
}

test("between two frames a figure is between its two places", () => {
  const figure = at(0.25, player(), player({ x: 4, y: 8, actionFrame: 4 }));
  expect([figure.x, figure.y, figure.actionFrame]).toEqual([1, 2, 3.25]);
});

test("what is no number between two numbers stays until the next frame", () => {
  const figure = at(0.9, player(), player({ percent: 30, actionStateId: 44, actionFrame: 0, facingDirection: -1 }));
  expect([figure.percent, figure.action, figure.actionFrame, figure.facing]).toEqual([10, 20, 3, 1]);
});

test("a figure that is put somewhere else does not slide there", () => {
  expect(at(0.5, player({ x: -200 }), player({ x: 0 })).x).toBe(-200);
  expect(at(0.5, player({ y: 0 }), player({ y: 10, stocks: 3 })).y).toBe(0);
});

test("what a publisher leaves out has a plain value", () => {
  const nothing = Object.fromEntries(Object.keys(player()).map((key) => [key, null])) as unknown as PlayerFrame;
  expect(at(0.5, { ...nothing, port: 2 }, { ...nothing, port: 2 })).toEqual({
    port: 2,
    x: 0,
    y: 0,
    action: 14,
    actionFrame: 0,
    facing: 1,
    percent: 0,
    stocks: null,
    shield: 1,
    isInvincible: false,
    isInHitstun: false,
  });
});

test("a player who is missing in the next frame stays where they are", () => {
  const figures = figuresAt({
    from: { frame: 5, players: [player({ x: 3 })] },
    to: { frame: 6, players: [] },
    mix: 0.5,
  });
  expect(figures.map(({ x }) => x)).toEqual([3]);
});
