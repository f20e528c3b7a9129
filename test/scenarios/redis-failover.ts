import { expect } from "bun:test";
import type { RedisClusterWorld } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { allSee } from "./device.ts";
import { chooseSeed, count, millis, percentile, print, seconds, seeded } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { crowd, settled, startTraffic } from "./traffic.ts";

/** So long without a refusal, and it is over, in ms. */
const CALM_MS = 3_000;

/**
 * A master of a Redis Cluster is killed under traffic and its replica takes over: no message comes twice or in another
 * order, each is delivered or refused, nobody is taken for gone, and all goes on by itself.
 */
export async function redisFailover(world: RedisClusterWorld): Promise<void> {
  const seed = chooseSeed();
  const ledger = new Ledger();
  const { devices, people } = await crowd(world, ledger, { people: 12, devices: 5 });
  const traffic = startTraffic(
    ledger,
    seeded(seed),
    () => devices,
    () => devices,
  );
  await eventually("traffic flows", () => ledger.received() > 1_000);
  expect(ledger.refused()).toBe(0);

  const key = `rendezvous:{presence:devices:${people[0]!.email}}`;
  const victim = await world.redis.masterOf(key);
  const killedAt = performance.now();
  await world.redis.kill(victim);
  const lastRefusal = (): number => ledger.refusals.at(-1)?.at ?? killedAt;
  await eventually("a replica has taken over", async () => (await world.redis.masterOf(key)) !== victim, 30_000);
  await world.redis.settled();
  const served = performance.now() - killedAt;
  await eventually(
    "nothing is refused any more",
    () => performance.now() - Math.max(lastRefusal(), killedAt + served) > CALM_MS,
    60_000,
  );
  const flowing = ledger.received();
  await eventually("traffic flows", () => ledger.received() > flowing + 1_000);
  await traffic.stop();
  await settled(world, ledger);
  await allSee(devices, devices, 10_000);
  await eventually("all nodes are well", async () =>
    (await Promise.all(world.nodes.map(({ url }) => call("GET", `${url}/readyz`)))).every(
      ({ body }) => body.status === "ready",
    ),
  );
  await Promise.all(devices.map((one) => one.fence()));

  const outage = ledger.refusals.length === 0 ? 0 : lastRefusal() - killedAt;
  print(
    "Redis fails over under traffic",
    world.about,
    `slots served again after ${seconds(served)}, last refusal after ${seconds(outage)}; ${count(ledger.sent())} messages, ` +
      `${count(ledger.refused())} refused, ${ledger.both()} of them delivered after all, ` +
      `delivered p99 ${millis(percentile(ledger.delays, 99))}, longest ${seconds(percentile(ledger.delays, 100))}, ` +
      `${devices.reduce((sum, { heard }) => sum + heard.length, 0)} announcements heard, seed ${seed}`,
  );
  expect(ledger.confused()).toEqual([]);
  expect(ledger.open()).toBe(0);
  expect(devices.filter(({ closed }) => closed !== null)).toEqual([]);
  expect(devices.flatMap(({ heard }) => heard)).toEqual([]);
}
