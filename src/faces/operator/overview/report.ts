import type { ErrorKind, ErrorLog } from "../../../core/observation/error-log.ts";
import type { Waited } from "../../../core/journal/waits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Numbers, Showcase } from "../showcase.ts";

/** Requests since the process began. */
export interface RequestTotals {
  readonly requests: number;
  /** Answered from 400 to 499, and from 500 on. */
  readonly refusals: number;
  readonly errors: number;
  /** Upper bounds of the buckets of the histograms, in ms; the last bucket has none. */
  readonly bounds: readonly number[];
  /** How many took at most so long, all faces together. */
  readonly overall: readonly number[];
  readonly byFace: Readonly<Record<string, readonly number[]>>;
}

/** How often a request was answered with a 4xx or 5xx, or a message on a socket refused, since the process began. */
export interface RefusalCount {
  /** A route with its method, or a code of the catalogue of errors. */
  readonly by: "route" | "code";
  readonly name: string;
  /** Of HTTP, also for what was refused on a socket: what its code stands for. */
  readonly status: number;
  readonly count: number;
  /** What it is a part of, in words. */
  readonly of: string;
  readonly face: string | null;
}

/** What the process knows of itself. */
export interface NodeFigures {
  readonly id: string;
  readonly version: string;
  /** In ms. */
  readonly since: number;
  readonly faces: readonly string[];
  rss(): number;
  /** The longest that the event loop kept work waiting lately, in ms. */
  loopDelayMs(): number;
  sockets(): number;
  /** Messages that clients have sent over sockets since the process began. */
  messages(): number;
  requests(): Promise<RequestTotals>;
  refusals(): Promise<readonly RefusalCount[]>;
  isDraining(): boolean;
  troubles(): readonly string[];
}

/** What a node says of itself to whoever watches. */
export interface NodeReport {
  readonly id: string;
  readonly at: number;
  readonly version: string;
  readonly since: number;
  readonly isDraining: boolean;
  readonly rss: number;
  readonly loopDelayMs: number;
  readonly sockets: number;
  readonly messages: number;
  readonly totals: RequestTotals;
  readonly numbers: Numbers;
  readonly queues: Readonly<Record<string, Waited & { readonly oldestAt: number | null }>>;
  readonly errors: readonly ErrorKind[];
  readonly troubles: readonly string[];
}

/** Errors that a report carries. */
const MOST_ERRORS = 20;

const NOTHING: Numbers = { devices: 0, users: 0, rooms: 0, peers: 0, viewers: 0 };

export function createReporter(deps: {
  readonly figures: NodeFigures;
  readonly showcase: Showcase;
  readonly errors: ErrorLog;
  readonly timeOfDay: Pick<Clock, "now">;
}): () => Promise<NodeReport> {
  const { figures, showcase, errors, timeOfDay } = deps;
  return async () => {
    const { id, version, since } = figures;
    const queues = [...showcase.queues].map(
      ([name, { waits, oldest }]) => [name, { ...waits.read(), oldestAt: oldest?.() ?? null }] as const,
    );
    return {
      ...{ id, version, since },
      totals: await figures.requests(),
      at: timeOfDay.now(),
      isDraining: figures.isDraining(),
      rss: figures.rss(),
      loopDelayMs: figures.loopDelayMs(),
      sockets: figures.sockets(),
      messages: figures.messages(),
      numbers: Object.assign({ ...NOTHING }, ...showcase.numbers.map((read) => read())) as Numbers,
      queues: Object.fromEntries(queues),
      errors: errors.all().slice(-MOST_ERRORS),
      troubles: figures.troubles(),
    };
  };
}
