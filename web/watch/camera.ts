import type { Figure } from "./scene.ts";
import type { Stage } from "./stages.ts";

/** A part of the world: its middle, and how many units go into its width. */
export interface Shot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Units around the figures, and below a figure's feet and above its head. */
const MARGIN = 32;
const [ABOVE, BELOW] = [30, 22];
const NARROWEST = 165;
/** Of the way to where it should be, what is left after a second; less where it must widen to lose nobody. */
const [LEFT_AFTER_A_SECOND, LEFT_WHILE_WIDENING] = [0.02, 0.0002];

/** The shot that shows all figures, with some room. `ratio`: width by height. */
export function frameAll(figures: readonly Figure[], { edge, blast }: Stage, ratio: number): Shot {
  const near = figures.filter(({ x, y }) => Math.abs(x) < blast.side && y < blast.top && y > blast.bottom);
  if (near.length === 0) return wide(edge, ratio);
  const xs = near.map(({ x }) => x);
  const ys = near.map(({ y }) => y);
  // The middle of the stage stays in sight, so that one knows where one is.
  const [left, right] = [Math.min(-edge * 0.4, ...xs) - MARGIN, Math.max(edge * 0.4, ...xs) + MARGIN];
  const [bottom, top] = [Math.min(-8, ...ys) - BELOW, Math.max(24, ...ys) + ABOVE];
  const width = Math.max(NARROWEST, right - left, (top - bottom) * ratio);
  return { x: (left + right) / 2, y: (bottom + top) / 2, width };
}

/** The shot that shows the whole stage and never moves. */
export function wide(edge: number, ratio: number): Shot {
  const width = Math.max(edge * 2 + 150, 150 * ratio);
  return { x: 0, y: 28, width };
}

/** From one shot towards another, after so many ms. */
export function pan(from: Shot, to: Shot, ms: number): Shot {
  const left = to.width > from.width ? LEFT_WHILE_WIDENING : LEFT_AFTER_A_SECOND;
  const part = 1 - left ** (Math.min(ms, 1_000) / 1000);
  return {
    x: from.x + (to.x - from.x) * part,
    y: from.y + (to.y - from.y) * part,
    width: from.width + (to.width - from.width) * part,
  };
}
