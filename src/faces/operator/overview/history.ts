import type { Clock, Timer } from "../../../ports/clock.ts";
import type { Census, Numbers } from "../showcase.ts";
import type { Sample } from "../wire.ts";
import { merged, type CensusByFace, type Censuses } from "./censuses.ts";
import type { NodeReport } from "./report.ts";
import type { Sightings } from "./sightings.ts";
import { percentilesOf, ratesOf, sumOf, trafficBetween, type Traffic } from "./traffic.ts";

/** How long a slice is, and how many are kept: 15 minutes, in ms. */
export const SLICE_MS = 5_000;
const MOST_SLICES = 180;

/** How often to look whether a slice is over, in ms: nodes that start at any moment cut at the same ones. */
const LOOK_MS = 250;

/** What one node did within five seconds. */
export interface Slice {
  /** When it began, in ms: a multiple of {@link SLICE_MS}. */
  readonly at: number;
  readonly traffic: Traffic;
  readonly sockets: number;
  readonly loopDelayMs: number;
  readonly numbers: Numbers;
  /** What the stores had of all nodes together: of each face, only the first node that serves it asks them. */
  readonly census: CensusByFace;
}

export interface HistoryDeps {
  readonly report: () => Promise<NodeReport>;
  readonly censuses: Pick<Censuses, "read" | "isFirst">;
  readonly sightings: Pick<Sightings, "note">;
  readonly clock: Clock;
  readonly timeOfDay: Pick<Clock, "now">;
  failed(error: unknown): void;
}

/** What this node did within the last 15 minutes, whether somebody looked or not. Costs nobody else anything. */
export class History {
  readonly #deps: HistoryDeps;
  #slices: readonly Slice[] = [];
  #before: NodeReport | null = null;
  #cutAt = 0;
  #timer: Timer | null = null;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock, timeOfDay, failed } = this.#deps;
    this.#timer = clock.every(LOOK_MS, () => {
      const at = Math.floor(timeOfDay.now() / SLICE_MS) * SLICE_MS;
      if (at <= this.#cutAt) return;
      this.#cutAt = at;
      this.#cut(at).catch(failed);
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  since(at: number): readonly Slice[] {
    return this.#slices.filter((slice) => slice.at >= at);
  }

  async #cut(end: number): Promise<void> {
    const { report: make, censuses, sightings } = this.#deps;
    sightings.note();
    const report = await make();
    const before = this.#before;
    this.#before = report;
    if (before === null) return;
    const slice: Slice = {
      at: end - SLICE_MS,
      traffic: trafficBetween(before, report),
      sockets: report.sockets,
      loopDelayMs: report.loopDelayMs,
      numbers: report.numbers,
      census: await censuses.read((face) => censuses.isFirst(face)),
    };
    this.#slices = [...this.#slices, slice].slice(-MOST_SLICES);
  }
}

/** States in which a host is ready, promised, or at work, as each face calls them. */
const HOST_STATES: Readonly<Record<string, keyof Sample["hosts"]>> = {
  idle: "idle",
  ONLINE: "idle",
  allocated: "allocated",
  busy: "busy",
  BUSY: "busy",
};

const GOING_ON = new Set(["playing", "talking", "ACTIVE"]);

/** Puts together what all nodes did; slices are as many as there are moments. */
export function samplesOf(slices: readonly Slice[]): readonly Sample[] {
  const byTime = [...Map.groupBy(slices, ({ at }) => at)].toSorted(([a], [b]) => a - b);
  return byTime.map(([at, own]) => sampleOf(at, own));
}

function sampleOf(at: number, slices: readonly Slice[]): Sample {
  // Two nodes that both took themselves for the first of a face count once.
  const census = merged(Object.assign({}, ...slices.map((slice) => slice.census)) as CensusByFace);
  const sum = (of: (slice: Slice) => number): number => slices.reduce((total, slice) => total + of(slice), 0);
  const going = (rows: NonNullable<Census["matches"]>): number =>
    rows.filter(({ state }) => GOING_ON.has(state)).reduce((total, { count }) => total + count, 0);
  const hosts = { idle: 0, allocated: 0, busy: 0 };
  for (const { state, count } of census.hosts) {
    const column = HOST_STATES[state];
    if (column !== undefined) hosts[column] += count;
  }
  const traffic = slices.map((slice) => slice.traffic);
  return {
    at,
    nodes: slices.length,
    hosts,
    devices: sum(({ numbers }) => numbers.devices),
    waiting: census.queues.reduce((total, { waiting }) => total + waiting, 0),
    matches: going(census.matches),
    sessions: going(census.sessions),
    rooms: sum(({ numbers }) => numbers.rooms),
    viewers: sum(({ numbers }) => numbers.viewers),
    videoChat: census.videoChat?.online ?? 0,
    sockets: sum(({ sockets }) => sockets),
    rates: ratesOf(traffic),
    latency: percentilesOf(traffic[0]?.bounds ?? [], sumOf(traffic.map(({ overall }) => overall))),
    loopDelayMs: Math.max(0, ...slices.map((slice) => slice.loopDelayMs)),
  };
}
