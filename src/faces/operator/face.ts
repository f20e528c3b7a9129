import type { Face } from "../../transport/face.ts";
import { plainRefusal } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { dashboardRoutes, type DashboardRoutesOptions } from "./dashboard-routes.ts";
import { groupDoc } from "./docs.ts";
import { operatorRoutes, type OperatorRoutesOptions } from "./routes.ts";

export interface OperatorFaceOptions extends DashboardRoutesOptions {
  /** Null where no records are kept. */
  readonly persons: OperatorRoutesOptions | null;
  readonly limit: RequestLimit | undefined;
}

/** What only operators may see and do, whichever faces are served. */
export function operatorFace(options: OperatorFaceOptions): Face {
  const { persons, dashboard, access, limit } = options;
  return {
    name: "operator",
    http: [
      {
        name: "operators",
        routes: [...(persons === null ? [] : operatorRoutes(persons)), ...dashboardRoutes(options)],
        prefixes: ["/admin"],
        crossOrigin: false,
        limit,
        doc: groupDoc,
        refuse: plainRefusal,
      },
    ],
    start() {
      if (access.off === null) dashboard.start();
    },
    stop: async () => dashboard.stop(),
  };
}
