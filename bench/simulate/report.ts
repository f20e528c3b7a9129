import { measuredCosts, type Costs } from "./costs.ts";
import { drain, failover, oneNode, PROXY, storm, type Plan } from "./plan.ts";
import { compared, plotOf } from "./plot.ts";
import { run, type Run } from "./run.ts";

/** What the simulation has to say: pictures by file name, and tables in Markdown. */
export interface Report {
  readonly pictures: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Devices that came back to one node in how many seconds, measured as bench/works/registering.ts does it. */
const MEASURED = [
  { devices: 1_000, seconds: 0.29 },
  { devices: 4_000, seconds: 2.5 },
] as const;

/** Runs everything; some seconds. `costs`: as measured, unless others are to be tried. */
export function simulateAll(costs: Costs = measuredCosts()): Report {
  const [cut, over] = [run(storm(costs)), run(failover(costs))];
  const changes = new Map<string, Run>([
    ["as it is", cut],
    ["a queueing proxy", run(storm(costs, PROXY))],
    ["first wait to 5 s", run(storm(costs, { firstMs: 5_000 }))],
    ["800 nodes", run(storm(costs, { nodes: 800 }))],
    ["200 nodes", run(storm(costs, { nodes: 200 }))],
    ["20 Redis servers", run(storm(costs, { shards: 20 }))],
  ]);
  return {
    pictures: new Map([
      ["scaling-storm.svg", plotOf(cut)],
      ["scaling-failover.svg", plotOf(over)],
      ["scaling-turns.svg", compared("Online after ten million were cut off, by what is changed", changes)],
    ]),
    text: [costTable(costs), stormTable(costs), failoverTable(costs), drainTable(costs), validation(costs)].join(
      "\n\n",
    ),
  };
}

const HEAD = [
  "| | half back | 99 % back | most attempts a second | attempts a device | refused | longest wait on a node |",
  "|---|---|---|---|---|---|---|",
];

function row(what: string, plan: Plan): string {
  const { halfBackAt, backAt, attemptsAtMost, attemptsEach, refused, longestDelay } = run(plan);
  const figures = [inSeconds(halfBackAt), inSeconds(backAt), inMillions(attemptsAtMost), attemptsEach.toFixed(2)];
  return `| ${[what, ...figures, inMillions(refused), inSeconds(longestDelay)].join(" | ")} |`;
}

function stormTable(costs: Costs): string {
  const of = (what: string, changes: Partial<Plan>): string => row(what, storm(costs, changes));
  const first = (seconds: number): Partial<Plan> => ({
    firstMs: seconds * 1_000,
    longestMs: Math.max(10_000, seconds * 1_000),
  });
  return [
    "**A storm**: ten million cut off in one instant.",
    "",
    ...HEAD,
    of("as it is: 400 nodes, 40 Redis servers, waits of 250 ms to 10 s", {}),
    of("a proxy before each node that lets 25,000 wait for up to 60 s", PROXY),
    ...[1, 5, 20, 40, 60].map((seconds) => of(`first wait up to ${seconds} s`, first(seconds))),
    ...[2, 60].map((seconds) => of(`longest wait up to ${seconds} s`, { longestMs: seconds * 1_000 })),
    ...[200, 300, 800].map((nodes) => of(`${nodes} nodes`, { nodes })),
    ...[200, 300].map((nodes) => of(`${nodes} nodes, first wait up to 40 s`, { nodes, ...first(40) })),
    ...[15, 18, 20, 25, 80].map((shards) => of(`${shards} Redis servers`, { shards })),
  ].join("\n");
}

function failoverTable(costs: Costs): string {
  const of = (what: string, changes: Partial<Plan>): string => row(what, failover(costs, changes));
  return [
    "**A region fails over**: five million join five million others; times are from the loss, which is noticed after 45 to 75 s.",
    "",
    ...HEAD,
    of("as it is: 400 nodes", {}),
    ...[300, 250, 200].map((nodes) => of(`${nodes} nodes`, { nodes })),
    of("noticed within 5 s", { noticedWithinMs: 5_000 }),
    of("noticed within 50 ms", { noticedWithinMs: 50 }),
  ].join("\n");
}

function drainTable(costs: Costs): string {
  return [
    "**A node restarts**: its 25,000 devices go to the 399 others.",
    "",
    ...HEAD,
    row("killed", drain(costs, 0)),
    ...[10, 60].map((seconds) => row(`DRAIN_SECONDS=${seconds}`, drain(costs, seconds))),
  ].join("\n");
}

function validation(costs: Costs): string {
  const lines = MEASURED.map(({ devices, seconds }) => {
    const { allBackAt } = run(oneNode(costs, devices));
    return `| ${devices.toLocaleString("en-US")} | ${inSeconds(seconds)} | ${inSeconds(allBackAt)} |`;
  });
  return [
    "**Model and machine**: devices that all come back at once to one node without stores and TLS, until the last is registered.",
    "",
    "| devices | measured | simulated |",
    "|---|---|---|",
    ...lines,
  ].join("\n");
}

function costTable(costs: Costs): string {
  const of = (what: string, value: number): string => `| ${what} | ${Number(value.toPrecision(3))} |`;
  return [
    "**What it reckons with**, in µs of one core:",
    "",
    "| | µs |",
    "|---|---|",
    of("a connection, TLS and handshake: the node", costs.handshakeUs),
    of("a registration: the node", costs.registerUs),
    of("… Redis", costs.redisUs),
    of("… PostgreSQL", costs.postgresUs),
    of("a departure: the node", costs.leaveUs),
    of("… Redis", costs.redisLeaveUs),
    of("being there, a second: the node", costs.nodeUpkeepUs),
    of("… Redis", costs.redisUpkeepUs),
    of("… PostgreSQL", costs.postgresUpkeepUs),
  ].join("\n");
}

function inSeconds(value: number): string {
  if (!Number.isFinite(value)) return "not within 600 s";
  return value < 1 ? `${Math.round(value * 1_000)} ms` : `${Number(value.toPrecision(3))} s`;
}

function inMillions(value: number): string {
  return value < 1e6 ? Math.round(value).toLocaleString("en-US") : `${Number((value / 1e6).toPrecision(3))} M`;
}
