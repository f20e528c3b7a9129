import type { RequestTotals } from "../faces/operator/overview/report.ts";
import type { Face } from "../transport/face.ts";
import type { AnsweredAlike } from "./request-times.ts";

/** Whose routes belong to no face: pages, probes, documents. */
const OTHERS = "server";

/** Reads the times of requests, which know routes, as what operators ask for, which is faces. */
export function createRequestTotals(
  faces: readonly Face[],
  read: () => readonly AnsweredAlike[],
): () => Promise<RequestTotals> {
  const faceOf = new Map(
    faces.flatMap(({ name, http }) => http.flatMap(({ routes }) => routes.map(({ path }) => [path, name] as const))),
  );
  return async () => {
    const all = read();
    const answered = (belongs: (status: number) => boolean): number =>
      all.reduce((sum, { status, times }) => sum + (belongs(status) ? times.count : 0), 0);
    const byFace = Map.groupBy(all, ({ route }) => faceOf.get(route) ?? OTHERS);
    return {
      requests: answered(() => true),
      refusals: answered((status) => status >= 400 && status < 500),
      errors: answered((status) => status >= 500),
      bounds: (all[0]?.times.bounds ?? []).map((seconds) => seconds * 1_000),
      overall: summed(all),
      byFace: Object.fromEntries([...byFace].map(([face, ones]) => [face, summed(ones)])),
    };
  };
}

/** How many took at most so long, bound by bound, and in the end how many there were. */
function summed(all: readonly AnsweredAlike[]): readonly number[] {
  const counts = all.map(({ times }) => [...times.atMost, times.count]);
  return (counts[0] ?? []).map((_, at) => counts.reduce((sum, one) => sum + one[at]!, 0));
}
