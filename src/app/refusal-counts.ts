import type { MetricObjectWithValues, MetricValueWithName } from "prom-client";
import { catalogue } from "../core/errors/catalogue.ts";
import type { RefusalCount } from "../faces/operator/overview/report.ts";
import { refusals as transportRefusals } from "../transport/http/refusal.ts";
import type { FaceOf } from "./request-totals.ts";

const statuses: Readonly<Record<string, { readonly status: number }>> = { ...catalogue, ...transportRefusals };

/** Below this an answer is no refusal. */
const FIRST_REFUSAL = 400;

/** Reads the histogram of requests, and the counts by code, as the list of what was refused. */
export function refusalCounts(
  { values }: MetricObjectWithValues<MetricValueWithName<string>>,
  codes: ReadonlyMap<string, number>,
  faceOf: FaceOf,
): readonly RefusalCount[] {
  const counts = values.filter(({ metricName }) => metricName?.endsWith("_count") === true);
  const totals = new Map<string, number>();
  const nameOf = (labels: (typeof counts)[number]["labels"]): string => `${labels["method"]} ${labels["route"]}`;
  for (const { labels, value } of counts) totals.set(nameOf(labels), (totals.get(nameOf(labels)) ?? 0) + value);
  const routes = counts
    .filter(({ labels }) => Number(labels["status"]) >= FIRST_REFUSAL)
    .map(({ labels, value }): RefusalCount => {
      const [name, face] = [nameOf(labels), faceOf(String(labels["route"]))];
      const of = `${totals.get(name)!} requests`;
      return { by: "route", name, status: Number(labels["status"]), count: value, of, face };
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
