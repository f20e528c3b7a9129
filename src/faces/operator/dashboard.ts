import type { Courier } from "../../core/cluster/courier.ts";
import type { Membership } from "../../core/cluster/membership.ts";
import type { ErrorLog } from "../../core/observation/error-log.ts";
import { createRollCall } from "../../core/observation/roll-call.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import type { Clock } from "../../ports/clock.ts";
import { Actions, type ActionsDeps } from "./actions.ts";
import { Live } from "./live.ts";
import { Objects } from "./objects.ts";
import { History } from "./overview/history.ts";
import { Overviews } from "./overview/overview.ts";
import { createReporter, type NodeFigures } from "./overview/report.ts";
import type { Question } from "./questions.ts";
import type { Showcase } from "./showcase.ts";
import { auditSource, errorSource } from "./sources/logs.ts";
import { nodeSource } from "./sources/nodes.ts";

/** How long a node that is to drain goes on as if nothing was, so that the answer gets out, in ms. */
const BEFORE_DRAIN_MS = 250;

export interface DashboardDeps {
  readonly figures: NodeFigures;
  readonly showcase: Showcase;
  readonly errors: ErrorLog;
  readonly audit: AuditRecords;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
  readonly told: ActionsDeps["told"];
  /** Begins the way down. */
  drain(): void;
  failed(error: unknown): void;
}

/** Everything behind the dashboard's routes. */
export interface Dashboard {
  readonly objects: Objects;
  readonly actions: Actions;
  readonly live: Live;
  start(): void;
  stop(): void;
}

export function createDashboard(deps: DashboardDeps): Dashboard {
  const { figures, showcase, errors, audit, courier, membership, clock, timeOfDay, told, failed } = deps;
  const { node } = membership;
  const report = createReporter({ figures, showcase, errors, timeOfDay });
  const history = new History({ report, showcase, membership, clock, timeOfDay, failed });
  const rollCall = createRollCall({
    topic: "dashboard",
    courier,
    membership,
    failed,
    async answer(text) {
      const question = JSON.parse(text) as Question;
      if (question.type === "report") return JSON.stringify(await report());
      if (question.type === "slices") return JSON.stringify(history.since(question.since));
      return JSON.stringify(await objects.answer(question));
    },
  });
  const sources = [
    nodeSource({ node, faces: figures.faces, report, drain: () => void clock.after(BEFORE_DRAIN_MS, deps.drain) }),
    ...showcase.sources,
    errorSource(errors, node),
    auditSource(audit),
  ];
  const now = (): number => timeOfDay.now();
  const objects: Objects = new Objects({ sources, journal: showcase.journal, rollCall, node, now });
  const overviews = new Overviews({ figures, showcase, rollCall, membership, timeOfDay, failed });
  const live = new Live({ overviews, rollCall, clock, timeOfDay, failed });
  return {
    objects,
    live,
    actions: new Actions({ objects, audit, journal: showcase.journal, now, told, failed }),
    start: () => history.start(),
    stop() {
      live.stop();
      history.stop();
    },
  };
}
