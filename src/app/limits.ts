import { budgetTable, type BudgetTable, type MessageClass } from "../core/limits/budget-table.ts";
import { Meters } from "../core/limits/meter.ts";
import { createNodeLimit } from "../core/limits/node-limit.ts";
import { createOwnLimit, createRequestLimit } from "../core/limits/request-limit.ts";
import type { Clock } from "../ports/clock.ts";
import type { Quota, Rates } from "../ports/rates.ts";
import { Arrivals, UNCOUNTED } from "../transport/http/arrivals.ts";
import { Crowd } from "../transport/limits/crowd.ts";
import { allOf, type RequestLimit } from "../transport/limits/limit.ts";
import type { Config } from "./config/settings.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { descriptorLimit, requestsFor, socketsFor } from "./descriptors.ts";

type Limit = RequestLimit | undefined;

/** Every budget there is, ready to count. Undefined: that is not limited. */
export interface Limits {
  readonly table: BudgetTable;
  readonly login: Limit;
  readonly signup: Limit;
  readonly reset: Limit;
  /** Calls of a face that have no class of their own; each face counts by itself. */
  request(face: string): Limit;
  /** Heartbeats of the pool's hosts. */
  readonly heartbeat: Limit;
  /** Heartbeats that name their host in the path. */
  readonly ownHeartbeat: Limit;
  readonly find: Limit;
  readonly turn: Limit;
  readonly join: Limit;
  readonly open: Limit;
  readonly read: Limit;
  readonly write: Limit;
  readonly frames: Limit;
  readonly admin: Limit;
  /** Pages, documents and figures. */
  readonly look: Limit;
  /** Health checks: no store may hold them up, nor whatever else their address asks for. */
  readonly probe: Limit;
  readonly connect: Limit;
  readonly meters: Meters;
  /** Counts what they refuse, and what else is. */
  readonly refusals: Refusals;
}

export function createLimits(
  config: Config,
  { clock, rates }: { readonly clock: Clock; readonly rates: Rates },
): Limits {
  const table = budgetsOf(config);
  const refusals = createRefusals(table);
  const refused = (name: MessageClass) => (whose: string) => refusals.over(name, whose);
  const countsLocal = config.RATE_LIMIT_LOOPBACK === "on";
  const exists = (name: MessageClass): boolean => "address" in table[name] || "account" in table[name];

  /** Counted by all nodes together. */
  const everywhere = (name: MessageClass, key: string = name): Limit =>
    exists(name)
      ? createRequestLimit({
          rates,
          name: key,
          ...table[name],
          countsLocal,
          title: titleOf(name),
          refused: refused(name),
        })
      : undefined;
  /** Counted by each node alone, without waiting for a store. */
  const here = (name: MessageClass, address = table[name].address, account?: Quota): Limit =>
    address === undefined && account === undefined
      ? undefined
      : createNodeLimit({ clock, name, address, account, countsLocal, refused: refused(name) });
  // Signing in is guessing for whoever is not the account's owner: the account's budget is the accounts' own matter.
  const tries = (name: "login" | "signup" | "reset", key: string): Limit =>
    createRequestLimit({ rates, name: key, address: table[name].address, countsLocal, refused: refused(name) });

  const find = everywhere("find");
  // Without TURN servers no credentials are handed out.
  const turn = config.TURN_URLS.length === 0 ? undefined : everywhere("turn");
  return {
    table,
    login: tries("login", "devices-sign-in"),
    signup: tries("signup", "devices-sign-up"),
    reset: tries("reset", "devices-reset"),
    request: (face) => everywhere("request", face),
    // The subject of a token may be a rack of hosts, each of which beats: only the address has a budget.
    heartbeat: here("heartbeat", table.heartbeat.address),
    ownHeartbeat: exists("heartbeat")
      ? createOwnLimit({ rates, name: "coordinator", ...table.heartbeat, countsLocal, refused: refused("heartbeat") })
      : undefined,
    find: allOf(find, turn),
    turn,
    join: everywhere("join"),
    open: everywhere("open"),
    read: here("read", table.read.address, table.read.account),
    write: here("write", table.write.address, table.write.account),
    frames: here("frames", table.frames.address, table.frames.account),
    admin: everywhere("admin"),
    look: here("look"),
    probe: here("probe"),
    connect: here("connect"),
    meters: new Meters(clock, table, {
      over: (name, whose) => refusals.over(name, whose),
      answered: (code) => refusals.answered("socket", code),
    }),
    refusals,
  };
}

/** The sockets that this node takes. */
export function createCrowd(config: Config): Crowd {
  const max = config.MAX_SOCKETS ?? socketsFor(descriptorLimit());
  return new Crowd({ perAddress: config.SOCKETS_PER_ADDRESS, max });
}

/** What one address may have of the bodies under way; no single one can keep all others from sending theirs. */
const SHARE = 1 / 4;

/** The bodies that this node waits for. Apart from the sockets: a node that is full of them goes on with plain requests. */
export function createArrivals(config: Config): Arrivals {
  const max = Math.max(1, requestsFor(descriptorLimit()) - UNCOUNTED);
  const share = Math.max(1, Math.floor(max * SHARE));
  const { SOCKETS_PER_ADDRESS: sockets } = config;
  return new Arrivals({
    max,
    perAddress: sockets === 0 ? 0 : Math.min(sockets, share),
    nextTurn: (run) => void setImmediate(run),
  });
}

export function budgetsOf(config: Config): BudgetTable {
  return budgetTable({
    perMinute: config.RATE_LIMIT_PER_MINUTE,
    messagesPerSecond: config.SOCKET_MESSAGES_PER_SECOND,
    changes: config.BUDGETS,
  });
}

/** What headers call the budget of an address. */
function titleOf(name: MessageClass): string {
  return name === "request" ? "default" : name;
}
