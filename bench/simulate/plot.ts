import { lineGraph, type GraphLine, type Panel } from "../../test/support/line-graph.ts";
import type { Moment } from "./region.ts";
import type { Run } from "./run.ts";

/** What the points of a run sum up, in s. */
const POINT_SECONDS = 0.2;

const millions = (value: number): string => `${Number((value / 1e6).toFixed(2))} M`;
const percent = (value: number): string => `${Math.round(value * 100)} %`;

/** How one run went: who is online, who tries, how long registrations wait, and how busy everything is. */
export function plotOf(run: Run): string {
  const until = Math.ceil(run.points.at(-1)!.at / 1_000 / 30) * 30;
  const line = (name: string, of: (moment: Moment) => number): GraphLine => ({
    name,
    points: run.points.map((point) => [point.at / 1_000, of(point)]),
  });
  const attempts = line("attempts", (one) => Math.min(4e6, one.attempts / POINT_SECONDS));
  const refused = line("refused", (one) => Math.min(4e6, one.refused / POINT_SECONDS));
  const panels: Panel[] = [
    { title: "Online", every: 2_000_000, label: millions, lines: [line("online", (one) => one.online)] },
    { title: "Connections a second (cut at 4 M)", label: millions, lines: [attempts, refused] },
    {
      title: "How long a registration has waited",
      label: (seconds) => (seconds < 1 && seconds > 0 ? `${Math.round(seconds * 1_000)} ms` : `${seconds} s`),
      lines: [line("longest", (one) => one.delay / 1_000)],
    },
    {
      title: "Busy",
      every: 0.25,
      label: percent,
      lines: [
        line("nodes", (one) => one.nodes),
        line("Redis", (one) => one.redis),
        line("PostgreSQL", (one) => one.postgres),
      ],
    },
  ];
  return lineGraph({ until, across: "seconds", mark: (seconds) => `${Math.round(seconds)}`, height: 120, panels });
}

/** Several runs by how many are online, to see what a change does. */
export function compared(title: string, runs: ReadonlyMap<string, Run>): string {
  const until = Math.ceil(Math.max(...[...runs.values()].map(({ points }) => points.at(-1)!.at)) / 60_000) * 60;
  const lines = [...runs].map(([name, { points }]) => ({
    name,
    points: points.map(({ at, online }) => [at / 1_000, online] as const),
  }));
  const panel = { title, every: 2_000_000, label: millions, lines };
  return lineGraph({ until, across: "seconds", mark: (one) => `${Math.round(one)}`, height: 200, panels: [panel] });
}
