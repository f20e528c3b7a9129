import { describe, expect, test } from "bun:test";
import type { Costs } from "./costs.ts";
import { Line } from "./line.ts";
import { drain, failover, oneNode, storm, type Plan } from "./plan.ts";
import { Region } from "./region.ts";
import { run } from "./run.ts";
import { countOf, nobody, takeSome, Waiting } from "./waiting.ts";

const costs: Costs = {
  ...{ handshakeUs: 400, registerUs: 600, leaveUs: 300, embeddedUs: 250 },
  ...{ redisUs: 130, redisLeaveUs: 90, postgresUs: 130 },
  ...{ nodeUpkeepUs: 10, redisUpkeepUs: 1.7, postgresUpkeepUs: 2 },
};
/** A hundredth of the plans, so that each step can be looked at. */
const small: Partial<Plan> = { clients: 100_000, lost: 100_000, nodes: 4, shards: 1, databaseCores: 1 };

const plans: readonly (readonly [string, Plan])[] = [
  ["a storm", storm(costs, small)],
  ["a storm with too few nodes", storm(costs, { ...small, nodes: 2 })],
  ["a storm with too little Redis", storm(costs, { ...small, shards: 0.2 })],
  ["a region that fails over", failover(costs, { ...small, lost: 50_000 })],
  ["a node that restarts", drain(costs, 10, { ...small, lost: 25_000, nodes: 3 })],
];

describe.each(plans)("%s", (_, plan) => {
  test("has every client in exactly one place at every moment, and never fewer than none", () => {
    const region = new Region(plan);
    for (let step = 0; step < 5_000; step++) {
      const moment = region.step();
      const places = Object.values(region.census()) as number[];
      if (places.some((count) => count < 0 || !Number.isInteger(count))) expect(places).toEqual([]);
      const all = places.reduce((sum, one) => sum + one, 0);
      if (all !== plan.clients) expect([moment.at, all]).toEqual([moment.at, plan.clients]);
      for (const share of [moment.nodes, moment.redis, moment.postgres]) {
        if (!(share >= 0 && share <= 1)) expect([moment.at, share]).toEqual([moment.at, 0]);
      }
    }
  });

  test("goes the same way each time, and nearly so with other chances", () => {
    const [one, again, other] = [run(plan, 90), run(plan, 90), run({ ...plan, seed: 2 }, 90)];
    expect(again).toEqual(one);
    expect(other.points).not.toEqual(one.points);
    if (Number.isFinite(one.backAt)) expect(Math.abs(other.backAt - one.backAt)).toBeLessThan(0.2 * one.backAt + 0.5);
  });
});

describe("what can be reckoned by hand", () => {
  test("nobody is back sooner than the nodes can serve", () => {
    const { backAt } = run(storm(costs, { ...small, nodeLoad: 0 }));
    expect(backAt).toBeGreaterThan((100_000 * 1_000e-6 * 0.99) / 4);
  });

  test("a single node takes as long as its work, where the kernel has room for all", () => {
    const { backAt } = run(oneNode(costs, 1_000));
    expect(backAt).toBeGreaterThan(0.24);
    expect(backAt).toBeLessThan(0.3);
  });

  test("whom the kernel has no room for comes a second later", () => {
    const { backAt } = run(oneNode(costs, 4_000));
    expect(backAt).toBeGreaterThan(1);
    expect(backAt).toBeLessThan(4);
  });

  test("a loss that is noticed at leisure is refused nobody", () => {
    const { refused, attemptsEach } = run(failover(costs, { ...small, nodes: 8, lost: 50_000 }));
    expect([refused, attemptsEach]).toEqual([0, 1]);
  });

  test("a longer first wait brings them back sooner, when there are too many at once", () => {
    const [short, long] = [storm(costs, small), storm(costs, { ...small, firstMs: 30_000, longestMs: 30_000 })];
    expect(run(long).backAt).toBeLessThan(run(short).backAt);
  });
});

describe("those who wait", () => {
  test("are spread evenly over all of the bound, and lost nowhere", () => {
    const waiting = new Waiting(1_000);
    waiting.scatter(0, 1_000, 3, 10_007, () => 0.5);
    expect(waiting.count).toBe(10_007);
    const due = Array.from({ length: 100 }, (_, at) => waiting.take(at + 1)[3]!);
    expect([Math.min(...due), due.reduce((sum, one) => sum + one, 0), waiting.count]).toEqual([100, 10_007, 0]);
  });

  test("in a line are served in their order, and those before a moment can be taken out", () => {
    const line = new Line();
    const two = (first: number, second: number) => nobody().with(0, first).with(1, second);
    line.add(1, two(3, 2));
    line.add(2, two(0, 5));
    expect([...line.take(4)].slice(0, 2)).toEqual([3, 1]);
    expect([line.since(), line.count]).toEqual([1, 6]);
    expect([...line.takeOlder(2)].slice(0, 2)).toEqual([0, 1]);
    expect([line.since(), line.count]).toEqual([2, 5]);
    expect(countOf(line.take(99))).toBe(5);
    expect([line.since(), line.count]).toEqual([null, 0]);
  });

  test("are taken away in parts of each kind, and no more than there are", () => {
    const clients = nobody().with(0, 10).with(1, 30);
    expect(countOf(takeSome(clients, 21))).toBe(21);
    expect(countOf(clients)).toBe(19);
    expect(countOf(takeSome(clients, 100))).toBe(19);
    expect(countOf(takeSome(clients, -5))).toBe(0);
  });
});
