import type { Overview } from "../../core/sessions/overview.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import { docs } from "./monitoring-docs.ts";
import { dashboard, hostStatistics, type StoreHealth } from "./present.ts";

export interface MonitoringRoutesOptions {
  overview(): Promise<Overview>;
  readonly stores: {
    /** True if the records are in PostgreSQL. */
    readonly postgres: boolean;
    redis(): StoreHealth;
  };
}

export function monitoringRoutes({ overview, stores }: MonitoringRoutesOptions): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/monitoring/dashboard",
      summary: "How much there is of everything, and how it is doing",
      doc: docs.dashboard,
      policy: policy.signedIn,
      async handle() {
        const figures = await overview();
        const records = figures.current ? "healthy" : "unhealthy";
        return json(
          200,
          dashboard(figures, { postgres: stores.postgres ? records : "embedded", redis: stores.redis() }),
        );
      },
    }),
    route({
      method: "GET",
      path: "/api/monitoring/hosts/stats",
      summary: "How good the online hosts are",
      doc: docs.hostStats,
      policy: policy.signedIn,
      handle: async () => json(200, hostStatistics(await overview())),
    }),
  ];
}
