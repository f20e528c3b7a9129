import { Histogram, STEP_SECONDS } from "../core/measures/histogram.ts";
import type { StoreCallKind, StoreCalls } from "../ports/store-calls.ts";
import type { Figure } from "../transport/face.ts";
import { noTracing, type Tracing } from "./tracing/tracing.ts";

/** As OpenTelemetry calls them. */
const SYSTEMS = { redis: "redis", sqlite: "sqlite", postgres: "postgresql" } as const;

export interface StoreTimes extends StoreCalls {
  figures(): readonly Figure[];
}

/** How long a store takes for each kind of call, how many of them wait for it, and how many have failed. */
export function createStoreTimes(store: keyof typeof SYSTEMS, tracing: Tracing = noTracing): StoreTimes {
  const kinds: readonly StoreCallKind[] =
    store === "redis" ? ["script", "command", "publish"] : ["transaction", "read"];
  const times = new Map(kinds.map((kind) => [kind, { histogram: new Histogram(STEP_SECONDS), failed: 0 }]));
  let waiting = 0;
  return {
    began(kind) {
      const time = times.get(kind)!;
      const at = performance.now();
      waiting++;
      const traced = tracing.asked(`${store} ${kind}`, {
        "db.system.name": SYSTEMS[store],
        "db.operation.name": kind,
      });
      return (hasFailed) => {
        waiting--;
        traced?.(hasFailed);
        time.histogram.observe((performance.now() - at) / 1_000);
        if (hasFailed) time.failed++;
      };
    },
    figures: () => [
      { name: "store_waiting", help: "Calls that wait for a store.", type: "gauge", value: waiting, labels: { store } },
      ...[...times].flatMap(([kind, { histogram, failed }]): Figure[] => [
        {
          name: "store_duration_seconds",
          help: "How long a store takes, by kind of call.",
          type: "histogram",
          value: histogram.read(),
          labels: { store, kind },
        },
        {
          name: "store_failures_total",
          help: "Calls that a store failed, or did not answer in time.",
          type: "counter",
          value: failed,
          labels: { store, kind },
        },
      ]),
    ],
  };
}
