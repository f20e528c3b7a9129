/**
 * What the dashboard and its server say to each other. Times are in ms since the Unix epoch, durations say their unit;
 * null: not known, or there is none.
 */

export const KINDS = [
  "nodes",
  "hosts",
  "devices",
  "tickets",
  "matches",
  "sessions",
  "streams",
  "rooms",
  "refusals",
  "errors",
  "audit",
] as const;
export type Kind = (typeof KINDS)[number];

/** `GET /admin/live` sends these as events of these names. `history` comes first, once. */
export interface LiveEvents {
  readonly history: { readonly samples: readonly Sample[] };
  /** Each second. */
  readonly overview: Overview;
  /** Every five seconds: what `history` would have at its end by now. */
  readonly sample: Sample;
}

export interface Overview {
  readonly at: number;
  /** The node that this connection is to. */
  readonly node: string;
  readonly version: string;
  readonly faces: readonly string[];
  /** False: this caller may look, but whoever sets no ADMIN_TOKEN and calls from elsewhere may not act. */
  readonly mayAct: boolean;
  readonly nodes: readonly NodeView[];
  readonly hosts: readonly HostCount[];
  readonly devices: { readonly online: number };
  readonly users: { readonly online: number };
  readonly queues: readonly QueueView[];
  readonly matches: readonly StateCount[];
  readonly sessions: readonly StateCount[];
  readonly streams: { readonly live: number; readonly viewers: number };
  /** Rooms somebody is in, and how many are in them. */
  readonly rooms: { readonly open: number; readonly peers: number };
  readonly videoChat: { readonly online: number; readonly talking: number };
  readonly rates: Rates;
  readonly latency: Latency;
  readonly errors: readonly ErrorView[];
  /** What is wrong with a store right now, as sentences, each with the node that says so. */
  readonly troubles: readonly { readonly node: string; readonly text: string }[];
}

export interface NodeView {
  readonly id: string;
  /** True for the node that this connection is to. */
  readonly isSelf: boolean;
  /** `gone`: it has not said anything for a while, and is shown for ten minutes. */
  readonly state: "up" | "draining" | "gone";
  readonly since: number | null;
  readonly version: string | null;
  /** Resident memory, in bytes. */
  readonly rss: number | null;
  /** The longest that the event loop kept work waiting within the last second. */
  readonly loopDelayMs: number | null;
  readonly sockets: number | null;
  readonly requestsPerSecond: number | null;
  /** How long ago it was heard of. */
  readonly seenMs: number;
}

export interface HostCount {
  readonly face: string;
  /** Null: counted over all regions. */
  readonly region: string | null;
  readonly state: string;
  readonly count: number;
}

export interface StateCount {
  readonly face: string;
  readonly state: string;
  readonly count: number;
}

export interface QueueView {
  /** `video-chat:male`, `video-chat:female` or `arena`. */
  readonly name: string;
  readonly waiting: number;
  /** How long who waits longest has waited; null if nobody waits. */
  readonly oldestSeconds: number | null;
  /** How long those who were matched in the last 15 minutes had waited; null if nobody was. */
  readonly waitP50Ms: number | null;
  readonly waitP95Ms: number | null;
  /** Matches made, and tickets that ended without one, in the last 15 minutes. */
  readonly formed: number;
  readonly expired: number;
}

/** Each a second, over all nodes. */
export interface Rates {
  readonly requests: number;
  /** From clients, over sockets. */
  readonly messages: number;
  /** Answers from 400 to 499. */
  readonly refusals: number;
  /** Answers from 500 on. */
  readonly errors: number;
}

/** How long requests took within the last ten seconds, in ms; null if there was none. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface Latency {
  readonly overall: Percentiles;
  readonly byFace: Readonly<Record<string, Percentiles>>;
}

export interface ErrorView {
  readonly id: string;
  /** When it last happened. */
  readonly at: number;
  readonly node: string;
  readonly text: string;
  readonly route: string | null;
  /** How often it has happened since the node began, or since it was last forgotten. */
  readonly count: number;
}

/** A point of the charts, every five seconds. */
export interface Sample {
  readonly at: number;
  readonly nodes: number;
  readonly hosts: { readonly idle: number; readonly allocated: number; readonly busy: number };
  readonly devices: number;
  readonly waiting: number;
  readonly matches: number;
  readonly sessions: number;
  readonly rooms: number;
  readonly viewers: number;
  readonly videoChat: number;
  readonly sockets: number;
  readonly rates: Rates;
  readonly latency: Percentiles;
  readonly loopDelayMs: number;
}

/** `GET /admin/{kind}?cursor&limit&state&region&q` */
export interface List {
  readonly items: readonly Item[];
  /** The `cursor` of what comes after; null at the end. */
  readonly next: string | null;
  /** States that `state` may ask for. */
  readonly states: readonly string[];
}

export type Field = string | number | boolean | null;

/** A row of a list. */
export interface Item {
  readonly kind: Kind;
  /** Of a host `face:id`, such as `host-pool:h1`; of a ticket `queue:id`. Otherwise as clients know it. */
  readonly id: string;
  /** What to show for it. */
  readonly label: string;
  readonly state: string | null;
  readonly face: string | null;
  readonly region: string | null;
  readonly node: string | null;
  /** When it began, or for errors and the audit log, when it happened. */
  readonly since: number | null;
  /** What else there is to say, by name, in the order to show it. A name that ends in `At` is a time, in `Ms` a duration. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Other objects that belong to it. */
  readonly links: readonly Link[];
  /** What may be done to it right now. Empty for whoever may not act. */
  readonly actions: readonly Action[];
}

export interface Link {
  /** Such as `room`, `host`, `player`. */
  readonly as: string;
  readonly kind: Kind;
  readonly id: string;
}

/** `POST path` with `{...body, confirm}`; the answer is {@link Done}. */
export interface Action {
  readonly name: "drain" | "maintenance" | "end" | "cancel" | "kick";
  /** What the button says, such as `Put in maintenance`. */
  readonly label: string;
  /** What to ask before: says what will happen, and to whom. */
  readonly question: string;
  readonly path: string;
  readonly body: Readonly<Record<string, boolean>>;
  readonly confirm: string;
}

export interface Done {
  readonly done: true;
  /** What happened, in a sentence. */
  readonly message: string;
}

/** `GET /admin/{kind}/{id}`. What is there no more has the state `gone`, as long as a node remembers it. */
export interface ObjectView extends Item {
  /** Oldest first; the newest hundred at most. */
  readonly history: readonly HistoryEntry[];
  /** Set for a ticket that waits. */
  readonly waiting?: Waiting;
}

export interface HistoryEntry {
  readonly at: number;
  /** Null: from the records. */
  readonly node: string | null;
  /** Such as `registered`, `allocated`, `ended`. */
  readonly what: string;
  readonly detail: string | null;
}

export interface Waiting {
  readonly since: number;
  /** Why it is not matched yet, each a sentence. */
  readonly reasons: readonly string[];
}

/** `GET /admin/search?q=` */
export interface Found {
  readonly items: readonly { readonly kind: Kind; readonly id: string; readonly label: string }[];
}

/** Every refusal. */
export interface AdminError {
  /** `token_required` and `forbidden` ask for the ADMIN_TOKEN, `dashboard_off` says which setting is missing. */
  readonly error: string;
  readonly message: string;
}
