import { Histogram } from "../core/measures/histogram.ts";
import type { Buckets, Figure } from "../transport/face.ts";

/** Bounds for how long a request takes to be answered, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Anybody can invent a method; it must not become a label. */
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Requests of one route that were answered with one status. */
export interface RequestTime {
  /** A pattern. */
  readonly route: string;
  readonly status: number;
  /** In seconds. */
  readonly times: Buckets;
}

/** How long requests took to be answered, by route, method and status. */
export class RequestTimes {
  readonly #byRoute = new Map<string, Map<string, Map<number, Histogram>>>();

  /** One request was answered; `route` is a pattern, of which there are few. */
  answered(route: string, method: string, status: number, milliseconds: number): void {
    const known = KNOWN_METHODS.has(method) ? method : "other";
    const byMethod = within(this.#byRoute, route, () => new Map<string, Map<number, Histogram>>());
    const byStatus = within(byMethod, known, () => new Map<number, Histogram>());
    within(byStatus, status, () => new Histogram(BOUNDS)).observe(milliseconds / 1_000);
  }

  read(): readonly RequestTime[] {
    return this.#all().map(({ route, status, times }) => ({ route, status, times }));
  }

  figures(): readonly Figure[] {
    return this.#all().map(({ route, method, status, times }) => ({
      name: "http_request_duration_seconds",
      help: "Time to answer a request, by route pattern.",
      type: "histogram",
      value: times,
      labels: { route, method, status: String(status) },
    }));
  }

  #all(): readonly (RequestTime & { readonly method: string })[] {
    return [...this.#byRoute].flatMap(([route, byMethod]) =>
      [...byMethod].flatMap(([method, byStatus]) =>
        [...byStatus].map(([status, histogram]) => ({ route, method, status, times: histogram.read() })),
      ),
    );
  }
}

function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
