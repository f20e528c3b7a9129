import type { Clock } from "../ports/clock.ts";
import type { Face } from "../transport/face.ts";
import { policy } from "../transport/http/policy.ts";
import { json, JSON_HEADERS, plainRefusal, route, type RouteGroup } from "../transport/http/route.ts";
import { docs, groupDoc } from "./health-docs.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { within } from "./within.ts";

export interface HealthOptions {
  readonly faces: readonly Face[];
  readonly metrics: Metrics;
  readonly limits: Pick<Limits, "look" | "probe">;
  readonly clock: Clock;
  readonly now: () => number;
  /** What this node calls itself: see `instanceOf`. */
  readonly instance: string;
  isDraining(): boolean;
  /** What is wrong with a store right now. */
  troubles(): readonly string[];
}

/**
 * The keys two documents give their health check; their names do not collide, so one answer serves both. A face that
 * is not served has nobody in it.
 */
const NOBODY = {
  queue_size: 0,
  active_matches: 0,
  live_match_ids: [] as readonly string[],
  activeUsers: 0,
  activeMatches: 0,
  maleQueue: 0,
  femaleQueue: 0,
};

/** How long a face may take to say how much is going on, in ms: whoever asks soon takes the server for dead. */
const PATIENCE_MS = 1_000;

/** What load balancers, orchestrators and monitoring ask. */
export function healthGroups(options: HealthOptions): readonly RouteGroup[] {
  const { faces, metrics, limits, clock, now, instance, isDraining, troubles } = options;
  const lastSaid = new Map<Face, Readonly<Record<string, unknown>> | undefined>();
  /** What a face said last, where it takes longer now. */
  const said = async (face: Face): Promise<Readonly<Record<string, unknown>> | undefined> => {
    if (face.health === undefined) return undefined;
    const asked = face.health().then((part) => void lastSaid.set(face, part));
    await within(clock, PATIENCE_MS, asked, () => undefined);
    return lastSaid.get(face);
  };
  return [
    {
      name: "health",
      prefixes: ["/health"],
      crossOrigin: true,
      limit: limits.probe,
      doc: groupDoc,
      refuse: plainRefusal,
      routes: [
        route({
          method: "GET",
          path: "/health",
          summary: "Whether the server is well, and how much is going on",
          doc: docs.health,
          policy: policy.open,
          async handle() {
            const parts = await Promise.all(faces.map(said));
            const body = { status: "ok", ...NOBODY, ...Object.assign({}, ...parts), timestamp: iso(now()) };
            return json(200, body);
          },
        }),
      ],
    },
    {
      name: "probes",
      prefixes: ["/livez", "/readyz", "/metrics"],
      crossOrigin: false,
      limit: limits.probe,
      doc: groupDoc,
      refuse: plainRefusal,
      routes: [
        route({
          method: "GET",
          path: "/livez",
          urgency: "probe",
          summary: "200 as long as the process answers at all",
          doc: docs.live,
          policy: policy.open,
          handle: () => json(200, { status: "live", instance }),
        }),
        route({
          method: "GET",
          path: "/readyz",
          urgency: "probe",
          summary: "200 while new clients are welcome, 503 while draining",
          doc: docs.ready,
          policy: policy.open,
          handle() {
            if (isDraining()) return json(503, { status: "draining" });
            const wrong = troubles();
            // Degraded is still ready: what one node can do alone goes on.
            return wrong.length === 0
              ? json(200, { status: "ready" })
              : json(200, { status: "degraded", troubles: wrong });
          },
        }),
        route({
          method: "GET",
          path: "/metrics",
          urgency: "probe",
          limit: limits.look,
          summary: "Figures in the Prometheus text format",
          doc: docs.metrics,
          policy: policy.open,
          async handle() {
            return new Response(await metrics.render(), {
              headers: { ...JSON_HEADERS, "content-type": metrics.contentType },
            });
          },
        }),
      ],
    },
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
