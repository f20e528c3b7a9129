import { ErrorLog } from "../core/observation/error-log.ts";
import type { NodeFigures } from "../faces/operator/overview/report.ts";
import type { AuditedDeps } from "../core/journal/audited.ts";
import type { Config } from "./config/settings.ts";
import type { Engine } from "./engine.ts";
import { version } from "./version.ts";

/** What operators see of this process, and may do to it. */
export interface ProcessLink {
  readonly figures: NodeFigures;
  readonly errors: ErrorLog;
  readonly told: AuditedDeps["told"];
  /** Begins the way down. */
  drain(): void;
}

/** How ids of errors begin: with so much of the node's. */
const PREFIX = 8;

/** Of a process of which only some is known; what is left out says nothing. */
export function processLink(
  config: Config,
  engine: Pick<Engine, "timeOfDay">,
  node: string,
  known: Partial<Omit<ProcessLink, "figures">> & { readonly figures?: Partial<NodeFigures> } = {},
): ProcessLink {
  const nothing = { requests: 0, refusals: 0, errors: 0, bounds: [], overall: [], byFace: {} };
  return {
    errors: new ErrorLog(engine.timeOfDay, node.slice(0, PREFIX)),
    told: () => undefined,
    drain: () => undefined,
    ...known,
    figures: {
      id: node,
      version,
      since: engine.timeOfDay.now(),
      faces: config.FACES,
      rss: () => process.memoryUsage.rss(),
      loopDelayMs: () => 0,
      sockets: () => 0,
      messages: () => 0,
      requests: async () => nothing,
      refusals: async () => [],
      isDraining: () => false,
      troubles: () => [],
      ...known.figures,
    },
  };
}
