import { catalogue } from "../core/errors/catalogue.ts";
import type { RefusalCount } from "../faces/operator/overview/report.ts";
import { refusals as transportRefusals } from "../transport/http/refusal.ts";
import type { AnsweredAlike } from "./request-times.ts";
import type { FaceOf } from "./request-totals.ts";

const statuses: Readonly<Record<string, { readonly status: number }>> = { ...catalogue, ...transportRefusals };

/** Below this an answer is no refusal. */
const FIRST_REFUSAL = 400;

/** Reads the times of requests, and the counts by code, as the list of what was refused. */
export function refusalCounts(
  answered: readonly AnsweredAlike[],
  codes: ReadonlyMap<string, number>,
  faceOf: FaceOf,
): readonly RefusalCount[] {
  const totals = new Map<string, number>();
  const nameOf = ({ method, route }: AnsweredAlike): string => `${method} ${route}`;
  for (const one of answered) totals.set(nameOf(one), (totals.get(nameOf(one)) ?? 0) + one.times.count);
  const routes = answered
    .filter(({ status }) => status >= FIRST_REFUSAL)
    .map((one): RefusalCount => {
      const name = nameOf(one);
      const of = `${totals.get(name)!} requests`;
      return { by: "route", name, status: one.status, count: one.times.count, of, face: faceOf(one.route) };
    });
  const byCode = [...codes]
    .filter(([, count]) => count > 0)
    .map(([key, count]): RefusalCount => {
      const [over = "", code = "other"] = key.split(" ");
      const of = over === "http" ? "requests" : "messages on sockets";
      return { by: "code", name: code, status: statuses[code]?.status ?? FIRST_REFUSAL, count, of, face: null };
    });
  return [...routes, ...byCode];
}
