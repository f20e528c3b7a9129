import { median } from "../harness/rounds.ts";
import { readKept } from "../harness/kept.ts";

/** What things cost, in µs of one core. */
export interface Costs {
  /** Accepting a connection, TLS and the WebSocket handshake, up to the device's first message. */
  readonly handshakeUs: number;
  /** The node's part of a registration: token, contacts, presence, and telling the node the device was at before. */
  readonly registerUs: number;
  /** All of a device that comes back to a node without stores. */
  readonly embeddedUs: number;
  /** Of a device that has left and did not come back in time: taking it out, and announcing it. */
  readonly leaveUs: number;
  /** The stores' part of a registration, and of taking a device out. */
  readonly redisUs: number;
  readonly redisLeaveUs: number;
  readonly postgresUs: number;
  /** Of a device that is there and does nothing, a second: pings, prolonged presences, contacts that are asked for anew. */
  readonly nodeUpkeepUs: number;
  readonly redisUpkeepUs: number;
  readonly postgresUpkeepUs: number;
}

/** A cost, and where it comes from. */
interface Source {
  /** Used while the row is not among the kept figures. */
  readonly fallback: number;
  /** The work and the row of bench/results.json that have it. */
  readonly row?: readonly [work: string, what: string];
  /** From the row's figure to the cost. */
  readonly from?: (figure: number) => number;
}

/**
 * Of a device that comes back to a node without stores, the part that is over when its first message is there. 9,000 sockets
 * that only shake hands take at most 1.2 s of a node's core (docs/guarantees.md), which is half; some of that went to others.
 */
const HANDSHAKE_PART = 0.4;

/** A TLS 1.3 handshake with a P-256 certificate: openssl s_time against a bare Bun.serve, 1.16 s for 3,622 connections. */
const TLS_US = 320;

const COMES_BACK = "registering";

const sources: Record<keyof Costs, Source> = {
  embeddedUs: { fallback: 260, row: [COMES_BACK, "node, embedded"] },
  handshakeUs: {
    fallback: 410,
    row: [COMES_BACK, "node, embedded"],
    from: (all) => TLS_US + HANDSHAKE_PART * all,
  },
  registerUs: {
    fallback: 610,
    row: [COMES_BACK, "nodes, Redis and PostgreSQL"],
    from: (all) => all * (1 - HANDSHAKE_PART / 3),
  },
  // Reckoned, not measured: of the six scripts of a registration about four, and no handshake.
  leaveUs: { fallback: 300, row: [COMES_BACK, "nodes, Redis and PostgreSQL"], from: (all) => all * 0.45 },
  redisUs: { fallback: 130, row: [COMES_BACK, "Redis"] },
  redisLeaveUs: { fallback: 90, row: [COMES_BACK, "Redis"], from: (all) => all * 0.7 },
  postgresUs: { fallback: 130, row: [COMES_BACK, "PostgreSQL"] },
  // 4,000 idle devices on one node over 80 s: presences prolonged every 40 s, contacts asked for every 60 s.
  nodeUpkeepUs: { fallback: 10 },
  redisUpkeepUs: { fallback: 1.7 },
  postgresUpkeepUs: { fallback: 2.2 },
};

/** The costs as the kept figures have them. */
export function measuredCosts(): Costs {
  const kept = readKept("full")?.works ?? [];
  const figureOf = ([work, what]: readonly [string, string]): number | undefined => {
    const row = kept.find(({ name }) => name === work)?.rows.find((one) => one.what === what);
    return row === undefined ? undefined : median(row.ours);
  };
  const costs = Object.entries(sources).map(([name, { fallback, row, from = (figure: number) => figure }]) => {
    const figure = row === undefined ? undefined : figureOf(row);
    return [name, figure === undefined ? fallback : from(figure)];
  });
  return Object.fromEntries(costs) as Record<keyof Costs, number>;
}
