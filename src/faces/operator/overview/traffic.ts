import type { Percentiles, Rates } from "../wire.ts";
import type { NodeReport } from "./report.ts";

/** What a node did between two of its reports. */
export interface Traffic {
  readonly seconds: number;
  readonly requests: number;
  readonly messages: number;
  readonly refusals: number;
  readonly errors: number;
  readonly bounds: readonly number[];
  readonly overall: readonly number[];
  readonly byFace: Readonly<Record<string, readonly number[]>>;
}

type Counted = Pick<NodeReport, "at" | "messages" | "totals">;

export function trafficBetween(before: Counted, after: Counted): Traffic {
  const less = (of: (report: Counted) => number): number => Math.max(0, of(after) - of(before));
  const lessEach = (now: readonly number[], then: readonly number[] | undefined): readonly number[] =>
    now.map((count, at) => Math.max(0, count - (then?.[at] ?? 0)));
  const faces = Object.entries(after.totals.byFace).map(
    ([face, counts]) => [face, lessEach(counts, before.totals.byFace[face])] as const,
  );
  return {
    seconds: Math.max(1, after.at - before.at) / 1_000,
    requests: less(({ totals }) => totals.requests),
    messages: less(({ messages }) => messages),
    refusals: less(({ totals }) => totals.refusals),
    errors: less(({ totals }) => totals.errors),
    bounds: after.totals.bounds,
    overall: lessEach(after.totals.overall, before.totals.overall),
    byFace: Object.fromEntries(faces),
  };
}

/** Of all nodes together, each a second. */
export function ratesOf(all: readonly Traffic[]): Rates {
  const rate = (of: (traffic: Traffic) => number): number =>
    Math.round(all.reduce((sum, one) => sum + of(one) / one.seconds, 0) * 10) / 10;
  return {
    requests: rate(({ requests }) => requests),
    messages: rate(({ messages }) => messages),
    refusals: rate(({ refusals }) => refusals),
    errors: rate(({ errors }) => errors),
  };
}

/** Histograms added up; each counts how many were at most so large. */
export function sumOf(all: readonly (readonly number[])[]): readonly number[] {
  const longest = Math.max(0, ...all.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => all.reduce((sum, counts) => sum + (counts[at] ?? 0), 0));
}

/** Within a bucket all are taken to lie evenly; beyond the last bound, on it. */
export function percentilesOf(bounds: readonly number[], counts: readonly number[]): Percentiles {
  const total = counts.at(-1) ?? 0;
  const at = (part: number): number | null => {
    if (total === 0) return null;
    const rank = part * total;
    const bucket = counts.findIndex((count) => count >= rank);
    const upper = bounds[bucket];
    if (upper === undefined) return bounds.at(-1) ?? null;
    const [lower, below] = bucket === 0 ? [0, 0] : [bounds[bucket - 1]!, counts[bucket - 1]!];
    const within = (rank - below) / Math.max(1, counts[bucket]! - below);
    return Math.round((lower + (upper - lower) * within) * 100) / 100;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function percentile(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}
