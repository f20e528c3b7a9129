import { Region, type Moment } from "./region.ts";
import type { Plan } from "./plan.ts";
import { STEP_MS } from "./waiting.ts";

/** What is kept of a run: one point for so many ms. */
const POINT_MS = 200;

/** What happened, by the name of what was looked at, and what it comes to. */
export interface Run {
  /** Each point sums up, or takes the largest of, what the steps before it saw. */
  readonly points: readonly Moment[];
  /** When so many of those who had lost their connection were back, in s; infinite: not within the time. */
  readonly halfBackAt: number;
  readonly backAt: number;
  readonly allBackAt: number;
  /** The most connections that were asked for in a second, and all of them, for each device that came back. */
  readonly attemptsAtMost: number;
  readonly attemptsEach: number;
  readonly refused: number;
  /** The longest that a registration waited on its node, in s. */
  readonly longestDelay: number;
}

/** Runs a plan until 99 % are back and some seconds more, but for `seconds` at most. */
export function run(plan: Plan, seconds = 600): Run {
  const region = new Region(plan);
  const points: Moment[] = [];
  const perPoint = POINT_MS / STEP_MS;
  let [halfBackAt, backAt, allBackAt, attempts, refused, longestDelay] = [Infinity, Infinity, Infinity, 0, 0, 0];
  let gathered: Moment[] = [];
  const withBack = (share: number): number => plan.clients - plan.lost * (1 - share);
  for (let step = 0; step < (seconds * 1_000) / STEP_MS; step++) {
    const moment = region.step();
    attempts += moment.attempts;
    refused += moment.refused;
    longestDelay = Math.max(longestDelay, moment.delay / 1_000);
    if (moment.online >= withBack(0.5)) halfBackAt = Math.min(halfBackAt, moment.at / 1_000);
    if (moment.online >= withBack(0.99)) backAt = Math.min(backAt, moment.at / 1_000);
    if (moment.online === plan.clients) allBackAt = Math.min(allBackAt, moment.at / 1_000);
    gathered.push(moment);
    if (gathered.length === perPoint) {
      points.push(together(gathered));
      gathered = [];
    }
    if (moment.at / 1_000 > backAt + 10) break;
  }
  const attemptsAtMost = Math.max(...points.map((point) => (point.attempts * 1_000) / POINT_MS));
  const attemptsEach = attempts / plan.lost;
  return { points, halfBackAt, backAt, allBackAt, attemptsAtMost, attemptsEach, refused, longestDelay };
}

function together(moments: readonly Moment[]): Moment {
  const sum = (of: (moment: Moment) => number): number => moments.reduce((total, one) => total + of(one), 0);
  const mean = (of: (moment: Moment) => number): number => sum(of) / moments.length;
  return {
    ...moments.at(-1)!,
    attempts: sum((one) => one.attempts),
    refused: sum((one) => one.refused),
    delay: Math.max(...moments.map(({ delay }) => delay)),
    nodes: mean((one) => one.nodes),
    redis: mean((one) => one.redis),
    postgres: mean((one) => one.postgres),
  };
}
