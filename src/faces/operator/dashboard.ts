import type { Courier } from "../../core/cluster/courier.ts";
import type { Membership } from "../../core/cluster/membership.ts";
import { facesOf } from "../../core/cluster/node-value.ts";
import type { Audited } from "../../core/journal/audited.ts";
import type { ErrorLog } from "../../core/observation/error-log.ts";
import { createRollCall } from "../../core/observation/roll-call.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import type { Clock } from "../../ports/clock.ts";
import { Actions } from "./actions.ts";
import { Live } from "./live.ts";
import { Objects } from "./objects.ts";
import { Censuses } from "./overview/censuses.ts";
import { History } from "./overview/history.ts";
import { Overviews, type Reported } from "./overview/overview.ts";
import { createReporter, type NodeFigures } from "./overview/report.ts";
import { Sightings } from "./overview/sightings.ts";
import type { Question } from "./questions.ts";
import type { Showcase } from "./showcase.ts";
import { goneNodeSource } from "./sources/gone-nodes.ts";
import { auditSource, errorSource } from "./sources/logs.ts";
import { refusalSource } from "./sources/refusals.ts";
import { nodeSource } from "./sources/nodes.ts";

/** How long a node that is to drain goes on as if nothing was, so that the answer gets out, in ms. */
const BEFORE_DRAIN_MS = 250;

export interface DashboardDeps {
  readonly figures: NodeFigures;
  readonly showcase: Showcase;
  readonly errors: ErrorLog;
  readonly audit: AuditRecords;
  readonly audited: Audited;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
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
  const { figures, showcase, errors, audit, audited, courier, membership, clock, timeOfDay, failed } = deps;
  const { node } = membership;
  const report = createReporter({ figures, showcase, errors, timeOfDay });
  const sightings = new Sightings(membership, timeOfDay);
  const censuses = new Censuses({ showcase, membership, failed });
  const history = new History({ report, censuses, sightings, clock, timeOfDay, failed });
  const reported = async (serves: readonly string[] = figures.faces): Promise<Reported> => ({
    ...(await report()),
    census: await censuses.read((face) => !serves.includes(face) && censuses.isFirst(face)),
  });
  const rollCall = createRollCall({
    topic: "dashboard",
    courier,
    membership,
    failed,
    async answer(text) {
      const question = JSON.parse(text) as Question;
      if (question.type === "report") return JSON.stringify(await reported(question.serves));
      if (question.type === "slices") return JSON.stringify(history.since(question.since));
      return JSON.stringify(await objects.answer(question));
    },
  });
  const sources = [
    nodeSource({ node, faces: figures.faces, report, drain: () => void clock.after(BEFORE_DRAIN_MS, deps.drain) }),
    goneNodeSource(() => sightings.gone()),
    ...showcase.sources,
    refusalSource(figures.refusals, node),
    errorSource(errors, node),
    auditSource(audit),
  ];
  const now = (): number => timeOfDay.now();
  const hasOthers = (): boolean =>
    membership.live().some(({ value }) => facesOf(value)?.some((face) => !figures.faces.includes(face)));
  const objects: Objects = new Objects({ sources, journal: showcase.journal, rollCall, node, hasOthers, now });
  const overviews = new Overviews({ figures, censuses, sightings, rollCall, membership, timeOfDay });
  const live = new Live({ overviews, rollCall, clock, timeOfDay, failed });
  return {
    objects,
    live,
    actions: new Actions({ objects, audited, journal: showcase.journal }),
    start: () => history.start(),
    stop() {
      live.stop();
      history.stop();
    },
  };
}
