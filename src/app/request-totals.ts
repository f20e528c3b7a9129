import type { RequestTotals } from "../faces/operator/overview/report.ts";
import type { Face } from "../transport/face.ts";
import type { RequestTime } from "./request-times.ts";

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

/** Reads the times of requests, which know routes, as what operators ask for, which is faces. */
export function createRequestTotals(
  faceOf: FaceOf,
  read: () => readonly RequestTime[],
): () => Promise<RequestTotals> {
  return async () => {
    let [requests, refusals, errors] = [0, 0, 0];
    let seconds: readonly number[] = [];
    const byFace = new Map<string, readonly number[]>();
    for (const { route, status, times } of read()) {
      requests += times.count;
      if (status >= 500) errors += times.count;
      else if (status >= 400) refusals += times.count;
      seconds = times.bounds;
      const face = faceOf(route);
      byFace.set(face, added([...times.atMost, times.count], byFace.get(face)));
    }
    return {
      ...{ requests, refusals, errors },
      bounds: seconds.map((bound) => bound * 1_000),
      overall: [...byFace.values()].reduce<readonly number[]>((sums, counts) => added(counts, sums), []),
      byFace: Object.fromEntries(byFace),
    };
  };
}

/** `others`: as long, or empty. */
function added(counts: readonly number[], others: readonly number[] = []): readonly number[] {
  return counts.map((count, at) => count + (others[at] ?? 0));
}
