import { expect } from "bun:test";
import type { RedisWorld } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { allSee, Device, nameOf, noneSees, type Address } from "./device.ts";
import { chooseSeed, count, millis, percentile, print, seconds, seeded } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { crowd, settled, startTraffic } from "./traffic.ts";

/** Longer than a node's lease: nobody may be taken for dead because the store was away. */
const OUTAGE_MS = 8_000;
const ROUTING_ERROR = "Failed to route message - Redis unavailable";

/**
 * Redis stopped and started again, empty: what is on one node goes on, the rest is refused at once in the document's
 * words, the log says it once, and five seconds after its return everybody is online again without reconnecting.
 */
export async function redisAway(world: RedisWorld): Promise<void> {
  const seed = chooseSeed();
  const random = seeded(seed);
  const ledger = new Ledger();
  const { devices, people } = await crowd(world, ledger, { people: 12, devices: 5 });
  const traffic = startTraffic(
    ledger,
    random,
    () => devices,
    () => devices,
  );
  await eventually("traffic flows", () => ledger.received() > 500);
  await traffic.stop();
  await settled(world, ledger);
  expect(ledger.refused()).toBe(0);

  const saidBefore = world.nodes.map((node) => node.output().length);
  const stoppedAt = performance.now();
  await world.stopRedis();
  await eventually("all nodes have noticed", async () =>
    (await Promise.all(world.nodes.map(({ url }) => call("GET", `${url}/readyz`)))).every(
      ({ status, body }) => status === 200 && body.status === "degraded",
    ),
  );
  const noticed = performance.now() - stoppedAt;
  const before = ledger.received();
  const during = startTraffic(
    ledger,
    random,
    () => devices,
    () => devices,
  );
  const leaving = devices.at(-1)!;
  devices.pop();
  await leaving.leave();
  const newcomer = await Device.register(world.node(0), people[0]!, "newcomer", ledger.hooks);
  const neighbours = devices.filter(({ node, email }) => node === newcomer.node && email !== newcomer.email);
  await eventually("those on its node hear of it", () => neighbours.every((one) => one.newsOf(newcomer).length === 1));
  await new Promise((resume) => setTimeout(resume, OUTAGE_MS - (performance.now() - stoppedAt)));
  await during.stop();
  await settled(world, ledger);
  const [here, refused] = [ledger.received() - before, ledger.refused()];
  const slowest = percentile(
    ledger.refusals.map(({ after }) => after),
    100,
  );

  await world.startRedis();
  const back = performance.now();
  const all: Address[] = [...devices, newcomer];
  await allSee(devices, all, 10_000);
  const visible = performance.now() - back;
  await noneSees(devices, [leaving], 10_000);
  const flowing = ledger.received();
  const after = startTraffic(
    ledger,
    random,
    () => devices,
    () => devices,
  );
  await eventually("traffic flows", () => ledger.received() > flowing + 1_000, 20_000);
  await after.stop();
  await settled(world, ledger);
  const later = ledger.refused() - refused;
  await eventually("all have heard who came and left", () =>
    devices.every((one) => one.newsOf(newcomer).length === 1 && one.newsOf(leaving).length === 1),
  );

  // What a busy machine does to connections to PostgreSQL, now or in an earlier scenario, is no matter of this one.
  const errors = world.nodes.map((node, n) =>
    lines(node.output().slice(saidBefore[n]), /"level":"?(error|50)/).filter((line) => !line.includes("postgres")),
  );
  print(
    "Redis stopped and started",
    world.about,
    `noticed after ${millis(noticed)}; away ${seconds(back - stoppedAt)}: ${count(here)} messages within nodes ` +
      `delivered, ${count(refused)} refused (slowest after ${millis(slowest)}); all ${all.length} devices online ` +
      `${millis(visible)} after its return, ${later} refused after it; error lines by node ${errors.map(({ length }) => length).join(", ")}, seed ${seed}`,
  );
  expect(visible).toBeLessThan(5_000);
  expect(slowest).toBeLessThan(1_000);
  expect(here).toBeGreaterThan(100);
  expect(new Set(ledger.refusals.slice(0, refused).map(({ why }) => why))).toEqual(new Set([ROUTING_ERROR]));
  for (const node of world.nodes) expect(lines(node.output(), /redis is not reachable/)).toHaveLength(1);
  expect(errors).toEqual(world.nodes.map(() => [expect.any(String)]));
  for (const one of devices) {
    expect(one.closed).toBe(null);
    const told = one.heard.map(({ event, about, at }) => `${event} ${about} after ${millis(at - stoppedAt)}`);
    const news = one.heard.map(({ event, about }) => `${event} ${about}`);
    expect(new Set(news), told.join("; ")).toEqual(
      new Set([`user_joined ${nameOf(newcomer)}`, `user_left ${nameOf(leaving)}`]),
    );
    expect(news, told.join("; ")).toHaveLength(2);
  }
  expect(ledger.confused()).toEqual([]);
  expect([ledger.open(), ledger.both()]).toEqual([0, 0]);
}

const lines = (output: string, what: RegExp): string[] => output.split("\n").filter((line) => what.test(line));
