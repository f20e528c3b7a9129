import type { Quota } from "../../ports/rates.ts";

/** Whom a budget is kept for. An account is whoever the caller has proved to be. */
export type Per = "address" | "socket" | "account";

/**
 * Every class of message, and whom it can have budgets for. Each route and each event of a socket names its class as data
 * beside it.
 */
export const messageClasses = {
  /** Signing in. The account is the address that a password is tried for. */
  login: ["address", "account"],
  signup: ["address"],
  reset: ["address"],
  /** Every call of the coordinator and of accounts that has no class of its own; each of the two counts by itself. */
  request: ["address", "account"],
  /** A host's sign of life. The account is the host, where the path names it. */
  heartbeat: ["address", "account"],
  find: ["address", "account"],
  /** Whatever hands out TURN credentials, beside the class it has itself. */
  turn: ["address", "account"],
  /** Going into a queue. */
  join: ["address", "socket", "account"],
  /** Opening a session, which takes a slot of a host. */
  open: ["address", "account"],
  read: ["address", "account"],
  write: ["address", "account"],
  /** What a match streams. */
  frames: ["address", "socket", "account"],
  admin: ["address"],
  /** Pages, documents and figures. */
  look: ["address"],
  /** Whether the server is well, as load balancers and orchestrators ask. */
  probe: ["address"],
  /** A handshake of a WebSocket or of Socket.IO. */
  connect: ["address"],
  /** Any message on a socket, counted before it is read; pings of the WebSocket, too, and pongs that answer none. */
  message: ["address", "socket", "account"],
  /** Descriptions, candidates and whatever else one peer sends to another through us. */
  signal: ["address", "socket", "account"],
  chat: ["address", "socket", "account"],
  /** Registering, asking who is there, pings and goodbyes. */
  presence: ["address", "socket", "account"],
  /** What viewers say, who have nothing to say. */
  watch: ["address", "socket", "account"],
} as const satisfies Record<string, readonly Per[]>;

export type MessageClass = keyof typeof messageClasses;

/** Classes that guard passwords: their budgets can be changed, but not taken away. */
export const guarded: ReadonlySet<MessageClass> = new Set(["login", "signup", "reset"]);

/** The budgets of one class. One that is missing is not kept. */
export type Budgets = Readonly<Partial<Record<Per, Quota>>>;
export type BudgetTable = Readonly<Record<MessageClass, Budgets>>;

/** What is to differ from the defaults; null takes a budget away. */
export type BudgetChanges = Readonly<Partial<Record<MessageClass, Readonly<Partial<Record<Per, Quota | null>>>>>>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Ways in that one client address may try in a minute, each counted by itself. */
const TRIES = 10;

/** Sessions that somebody may open in a minute: each takes a slot of a host, which are few. */
const OPENINGS = 60;

/**
 * Hosts' heartbeats that one address may send, in budgets of a single host. Enough for two thousand hosts behind one NAT
 * that beat every 20 s; without it, whoever invents host ids would have no limit at all.
 */
const HOSTS = 60;

/** How many seconds' worth of messages a socket may send at once. */
const BURST_SECONDS = 5;

/** Sockets' worth of messages that one address, or one account, may send: people behind one NAT have several devices. */
const SHARED = 10;

/** The table in effect: the defaults, two general settings, and what was changed by hand. */
export function budgetTable(settings: {
  /** RATE_LIMIT_PER_MINUTE; 0: none. */
  readonly perMinute: number;
  /** SOCKET_MESSAGES_PER_SECOND. */
  readonly messagesPerSecond: number;
  readonly changes: BudgetChanges;
}): BudgetTable {
  const { perMinute, messagesPerSecond, changes } = settings;
  const general = (times = 1): Quota | undefined =>
    perMinute === 0 ? undefined : { limit: perMinute * times, windowMs: MINUTE };
  const minutely = (limit: number): Quota => ({ limit, windowMs: MINUTE });
  const atMostGeneral = (limit: number): Quota => minutely(perMinute === 0 ? limit : Math.min(limit, perMinute));
  const tries = atMostGeneral(TRIES);
  const burst = (times: number): Quota => ({
    limit: Math.max(1, Math.round(BURST_SECONDS * messagesPerSecond * times)),
    windowMs: BURST_SECONDS * SECOND,
  });
  const defaults: Record<MessageClass, { readonly [P in Per]?: Quota | undefined }> = {
    login: { address: tries, account: { limit: 10, windowMs: 15 * MINUTE } },
    signup: { address: tries },
    reset: { address: tries },
    request: { address: general() },
    heartbeat: { address: general(HOSTS), account: general() },
    find: { address: minutely(600), account: minutely(120) },
    turn: { address: minutely(600), account: minutely(120) },
    join: { address: minutely(600), socket: minutely(60), account: minutely(120) },
    open: { address: atMostGeneral(OPENINGS), account: minutely(OPENINGS) },
    read: { address: minutely(12_000) },
    write: { address: minutely(3_000) },
    frames: { address: minutely(60_000) },
    admin: { address: minutely(60) },
    look: { address: minutely(600) },
    // Many balancers may share an address, and each asks all the time.
    probe: { address: minutely(6_000) },
    connect: { address: minutely(3_000) },
    message: { address: burst(SHARED), socket: burst(1) },
    signal: { account: burst(SHARED) },
    chat: { socket: { limit: 50, windowMs: 10 * SECOND } },
    presence: { address: burst(SHARED / 2) },
    watch: { socket: minutely(60) },
  };
  const entries = (Object.keys(messageClasses) as MessageClass[]).map((name) => {
    const merged = Object.entries({ ...defaults[name], ...changes[name] });
    return [name, Object.fromEntries(merged.filter(([, quota]) => quota !== null && quota !== undefined))] as const;
  });
  return Object.fromEntries(entries) as BudgetTable;
}
