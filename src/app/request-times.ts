import { Histogram, type Distribution } from "../core/measures/histogram.ts";
import type { Figure } from "../transport/face.ts";

/** In seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Anybody can invent a method; it must not become a label. */
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The requests of one route that came by one method and were answered with one status. */
export interface AnsweredAlike {
  /** A pattern. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** How long they took, in seconds. */
  readonly times: Distribution;
}

/** How long requests took to answer. Counting one makes nothing new, for it is done for each. */
export class RequestTimes {
  readonly #byRoute = new Map<string, Map<string, Map<number, Histogram>>>();
  // Where the newest was counted: who comes often mostly comes after its like.
  #route = "";
  #method = "";
  #status = 0;
  #times: Histogram | undefined;

  /** One request answered; `route` is a pattern. */
  answered(route: string, method: string, status: number, milliseconds: number): void {
    if (this.#times === undefined || route !== this.#route || method !== this.#method || status !== this.#status) {
      const known = this.#byRoute.get(route)?.get(method)?.get(status);
      this.#times = known ?? this.#begin(route, KNOWN_METHODS.has(method) ? method : "other", status);
      this.#route = route;
      this.#method = method;
      this.#status = status;
    }
    this.#times.observe(milliseconds / 1000);
  }

  read(): readonly AnsweredAlike[] {
    return [...this.#byRoute].flatMap(([route, byMethod]) =>
      [...byMethod].flatMap(([method, byStatus]) =>
        [...byStatus].map(([status, histogram]) => ({ route, method, status, times: histogram.read() })),
      ),
    );
  }

  figures(): readonly Figure[] {
    return this.read().map(({ route, method, status, times }) => ({
      name: "http_request_duration_seconds",
      help: "Time to answer a request, by route pattern.",
      type: "histogram",
      value: times,
      labels: { route, method, status: String(status) },
    }));
  }

  #begin(route: string, method: string, status: number): Histogram {
    const byMethod = entry(this.#byRoute, route, () => new Map<string, Map<number, Histogram>>());
    const byStatus = entry(byMethod, method, () => new Map<number, Histogram>());
    return entry(byStatus, status, () => new Histogram(BOUNDS));
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
