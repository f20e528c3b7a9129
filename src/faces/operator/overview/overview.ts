import type { Membership } from "../../../core/cluster/membership.ts";
import type { RollCall } from "../../../core/observation/roll-call.ts";
import type { Clock } from "../../../ports/clock.ts";
import { ask } from "../questions.ts";
import type { Census, Numbers } from "../showcase.ts";
import type { Latency, NodeView, Overview, QueueView } from "../wire.ts";
import { merged, type CensusByFace, type Censuses } from "./censuses.ts";
import type { NodeFigures, NodeReport } from "./report.ts";
import type { Sightings } from "./sightings.ts";
import { percentile, percentilesOf, ratesOf, sumOf, trafficBetween, type Traffic } from "./traffic.ts";

/** Reports of a node that are kept: as many seconds as percentiles look back. */
const KEPT_REPORTS = 11;

/** Errors that are shown. */
const MOST_ERRORS = 50;

export interface OverviewDeps {
  readonly figures: NodeFigures;
  readonly censuses: Censuses;
  readonly sightings: Sightings;
  readonly rollCall: RollCall;
  readonly membership: Pick<Membership, "live" | "node">;
  readonly timeOfDay: Pick<Clock, "now">;
}

/** What a node answers to who watches: its report, and what the stores tell it of faces that the watched node has not. */
export type Reported = NodeReport & { readonly census: CensusByFace };

/** Puts together what all nodes and the stores say. Its rates are those since it was asked last. */
export class Overviews {
  readonly #deps: OverviewDeps;
  readonly #reports = new Map<string, readonly NodeReport[]>();
  #last: CensusByFace = {};

  constructor(deps: OverviewDeps) {
    this.#deps = deps;
  }

  async take(): Promise<Overview> {
    const { figures, rollCall, membership, timeOfDay, censuses } = this.#deps;
    const [answers, own] = await Promise.all([
      rollCall.all(ask({ type: "report", serves: figures.faces })),
      censuses.read(() => true),
    ]);
    const now = timeOfDay.now();
    const fresh = [...answers.values()].map((text) => JSON.parse(text) as Reported);
    this.#keep(fresh);
    const census = this.#together(own, fresh);
    const recent = fresh.map(({ id }) => this.#reports.get(id)!);
    const numbers = (of: (numbers: Numbers) => number): number => fresh.reduce((sum, one) => sum + of(one.numbers), 0);
    return {
      at: now,
      node: membership.node,
      version: figures.version,
      faces: figures.faces,
      mayAct: true,
      nodes: this.#nodes(fresh, now),
      hosts: census.hosts,
      devices: { online: numbers(({ devices }) => devices) },
      users: { online: numbers(({ users }) => users) },
      queues: queuesOf(census.queues, fresh, now),
      matches: census.matches,
      sessions: census.sessions,
      streams: { live: census.live, viewers: numbers(({ viewers }) => viewers) },
      rooms: { open: numbers(({ rooms }) => rooms), peers: numbers(({ peers }) => peers) },
      videoChat: census.videoChat ?? { online: 0, talking: 0 },
      rates: ratesOf(lastSteps(recent)),
      latency: latencyOf(recent),
      errors: fresh
        .flatMap(({ id: node, errors }) => errors.map((error) => ({ ...error, node })))
        .toSorted((a, b) => b.at - a.at)
        .slice(0, MOST_ERRORS)
        .map(({ id, at, node, text, route, count }) => ({ id, at, node, text, route, count })),
      troubles: fresh.flatMap(({ id: node, troubles }) => troubles.map((text) => ({ node, text }))),
    };
  }

  /** What all faces tell. While a store is away, or a node is late, what its faces have told last. */
  #together(own: CensusByFace, fresh: readonly Reported[]) {
    const { censuses } = this.#deps;
    const former = Object.entries(this.#last).filter(([face]) => censuses.isServed(face));
    this.#last = Object.assign(Object.fromEntries(former), ...fresh.map(({ census }) => census), own) as CensusByFace;
    return merged(this.#last);
  }

  #keep(fresh: readonly NodeReport[]): void {
    const { sightings } = this.#deps;
    for (const report of fresh) {
      const former = this.#reports.get(report.id) ?? [];
      this.#reports.set(report.id, [...former, report].slice(-KEPT_REPORTS));
    }
    sightings.note(fresh.map(({ id }) => id));
    const shown = new Set(sightings.all().map(({ id }) => id));
    for (const id of this.#reports.keys()) if (!shown.has(id)) this.#reports.delete(id);
  }

  #nodes(fresh: readonly NodeReport[], now: number): readonly NodeView[] {
    const { membership, sightings } = this.#deps;
    const live = new Set([membership.node, ...membership.live().map(({ id }) => id)]);
    const views = sightings.all().map(({ id, seenAt }): NodeView => {
      const reports = this.#reports.get(id) ?? [];
      const report = reports.at(-1) ?? null;
      const isHere = fresh.some((one) => one.id === id);
      const state = !live.has(id) && !isHere ? "gone" : report?.isDraining === true ? "draining" : "up";
      const current = isHere ? report : null;
      const [step] = lastSteps([reports]);
      return {
        id,
        isSelf: id === membership.node,
        state,
        since: report?.since ?? null,
        version: report?.version ?? null,
        rss: current?.rss ?? null,
        loopDelayMs: current?.loopDelayMs ?? null,
        sockets: current?.sockets ?? null,
        requestsPerSecond: isHere && step !== undefined ? ratesOf([step]).requests : null,
        seenMs: now - seenAt,
      };
    });
    return views.toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0) || (a.id < b.id ? -1 : 1));
  }
}

/** Of each node, what it did between its last two reports. */
function lastSteps(reports: readonly (readonly NodeReport[])[]): readonly Traffic[] {
  return reports.flatMap((own) => (own.length < 2 ? [] : [trafficBetween(own.at(-2)!, own.at(-1)!)]));
}

function latencyOf(reports: readonly (readonly NodeReport[])[]): Latency {
  const steps = reports.flatMap((own) => (own.length < 2 ? [] : [trafficBetween(own[0]!, own.at(-1)!)]));
  const bounds = steps[0]?.bounds ?? [];
  const faces = new Set(steps.flatMap(({ byFace }) => Object.keys(byFace)));
  const ofFace = (face: string) =>
    percentilesOf(bounds, sumOf(steps.flatMap(({ byFace }) => (byFace[face] === undefined ? [] : [byFace[face]]))));
  return {
    overall: percentilesOf(bounds, sumOf(steps.map(({ overall }) => overall))),
    byFace: Object.fromEntries([...faces].toSorted().map((face) => [face, ofFace(face)])),
  };
}

function queuesOf(
  queues: NonNullable<Census["queues"]>,
  reports: readonly NodeReport[],
  now: number,
): readonly QueueView[] {
  return queues.map(({ name, waiting, since }) => {
    const notes = reports.flatMap((report) => (report.queues[name] === undefined ? [] : [report.queues[name]]));
    const waits = notes.flatMap((one) => one.waits);
    const began = [since, ...notes.map(({ oldestAt }) => oldestAt)].filter((at) => at !== null);
    return {
      name,
      waiting,
      oldestSeconds: waiting === 0 || began.length === 0 ? null : Math.round((now - Math.min(...began)) / 1_000),
      waitP50Ms: percentile(waits, 0.5),
      waitP95Ms: percentile(waits, 0.95),
      formed: notes.reduce((sum, { formed }) => sum + formed, 0),
      expired: notes.reduce((sum, { expired }) => sum + expired, 0),
    };
  });
}
