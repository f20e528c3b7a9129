import { expect, test } from "bun:test";
import { frameAll, pan, wide } from "./camera.ts";
import { poseOf } from "./poses.ts";
import type { Figure } from "./scene.ts";
import { stageOf } from "./stages.ts";

const RATIO = 16 / 9;
const stage = stageOf(31);

function at(x: number, y: number): Figure {
  return {
    port: 1,
    x,
    y,
    action: 14,
    actionFrame: 0,
    facing: 1,
    percent: 0,
    stocks: 4,
    shield: 1,
    isInvincible: false,
    isInHitstun: false,
  };
}

test("wherever the fighters are, they are in the picture from head to foot", () => {
  for (const x of [-220, -60, 0, 130]) {
    for (const y of [-100, 0, 54, 190]) {
      const shot = frameAll([at(x, y), at(30, 0)], stage, RATIO);
      expect(Math.abs(x - shot.x)).toBeLessThan(shot.width / 2 - 10);
      expect(Math.abs(y + 8 - shot.y)).toBeLessThan(shot.width / RATIO / 2 - 10);
    }
  }
});

test("a fighter beyond the edge of the world does not pull the picture along", () => {
  expect(frameAll([at(0, 0), at(2_000, 0)], stage, RATIO)).toEqual(frameAll([at(0, 0)], stage, RATIO));
  expect(frameAll([at(2_000, 0)], stage, RATIO)).toEqual(wide(stage.edge, RATIO));
});

test("the camera gets there, and never beyond", () => {
  let shot = { x: 0, y: 0, width: 100 };
  const goal = { x: 50, y: -20, width: 300 };
  for (let frame = 0; frame < 180; frame++) {
    shot = pan(shot, goal, 1000 / 60);
    expect(shot.x).toBeLessThanOrEqual(50);
  }
  expect(Math.round(shot.width)).toBe(300);
  expect(pan(shot, goal, 60_000).x).toBeCloseTo(50, 1);
});

test("every action there is or will be has a pose", () => {
  for (let action = -1; action < 500; action++) {
    for (const frame of [0, 7.5, 200]) {
      const { lean, legs, arms, hips, reach } = poseOf(action, frame);
      for (const number of [lean, ...legs, ...arms, hips, reach?.by ?? 0]) expect(number).toBeFinite();
    }
  }
});

test("an unknown stage is a plain platform", () => {
  expect(stageOf(null)).toBe(stageOf(999));
  expect(stageOf(999).platforms).toEqual([]);
});
