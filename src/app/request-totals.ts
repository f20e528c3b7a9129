import type { MetricObjectWithValues, MetricValueWithName } from "prom-client";
import type { RequestTotals } from "../faces/operator/overview/report.ts";
import type { Face } from "../transport/face.ts";

/** Whose routes belong to no face: pages, probes, documents. */
const OTHERS = "server";

/** The face whose route this is. */
export type FaceOf = (route: string) => string;

export function facesByRoute(faces: readonly Face[]): FaceOf {
  const known = new Map(
    faces.flatMap(({ name, http }) => http.flatMap(({ routes }) => routes.map(({ path }) => [path, name] as const))),
  );
  return (route) => known.get(route) ?? OTHERS;
}

/** Reads the histogram of requests, which knows routes, as what operators ask for, which is faces. */
export function createRequestTotals(
  faceOf: FaceOf,
  read: () => Promise<MetricObjectWithValues<MetricValueWithName<string>>>,
): () => Promise<RequestTotals> {
  return async () => {
    const { values } = await read();
    const bounds = new Set<number>();
    let [requests, refusals, errors] = [0, 0, 0];
    const byFace = new Map<string, Map<number, number>>();
    for (const { labels, value, metricName } of values) {
      const { route, status, le } = labels;
      if (metricName?.endsWith("_count") === true) {
        requests += value;
        if (Number(status) >= 500) errors += value;
        else if (Number(status) >= 400) refusals += value;
      }
      if (le === undefined) continue;
      const bound = le === "+Inf" ? Infinity : Number(le);
      bounds.add(bound);
      const face = faceOf(String(route));
      const counts = byFace.get(face) ?? new Map<number, number>();
      byFace.set(face, counts.set(bound, (counts.get(bound) ?? 0) + value));
    }
    const sorted = [...bounds].toSorted((a, b) => a - b);
    const inOrder = (counts: ReadonlyMap<number, number>): readonly number[] =>
      sorted.map((bound) => counts.get(bound) ?? 0);
    const all = [...byFace].map(([face, counts]) => [face, inOrder(counts)] as const);
    return {
      ...{ requests, refusals, errors },
      bounds: sorted.filter(Number.isFinite).map((seconds) => seconds * 1_000),
      overall: sorted.map((_, at) => all.reduce((sum, [, counts]) => sum + counts[at]!, 0)),
      byFace: Object.fromEntries(all),
    };
  };
}
