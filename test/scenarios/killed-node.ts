import { expect } from "bun:test";
import type { ClusterWorld } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { allSee, Device, noneSees } from "./device.ts";
import { chooseSeed, count, millis, percentile, print, seconds, seeded } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { crowd, settled, startTraffic } from "./traffic.ts";

/** How long a node that is dead may be taken for living, in ms. */
const WITHIN_MS = 10_000;

/**
 * kill -9 of a node under traffic: its devices are gone within ten seconds, of each everybody else hears once, nobody
 * else loses anything, and they come back elsewhere.
 */
export async function killedNode(world: ClusterWorld): Promise<void> {
  const seed = chooseSeed();
  const ledger = new Ledger();
  const { devices } = await crowd(world, ledger, { people: 12, devices: 5 });
  const victim = world.node(2);
  const doomed = devices.filter(({ node }) => node === victim);
  const survivors = devices.filter(({ node }) => node !== victim);
  const traffic = startTraffic(
    ledger,
    seeded(seed),
    () => survivors,
    () => devices,
  );
  await eventually("traffic flows", () => ledger.received() > 500);

  const killedAt = performance.now();
  await world.kill(victim);
  const gone = await noneSees(survivors, doomed, WITHIN_MS + 1_000);
  await eventually(
    "everybody has heard of everyone",
    () => survivors.every((one) => doomed.every((other) => one.newsOf(other).length > 0)),
    WITHIN_MS,
  );
  const told = Math.max(...survivors.flatMap(({ heard }) => heard.map(({ at }) => at))) - killedAt;
  const refusalsBefore = ledger.refused();
  await eventually("messages to them are refused", () => ledger.refused() > refusalsBefore + 50);
  await traffic.stop();
  await settled(world, ledger);

  const back = await Promise.all(
    doomed.map((one, n) => Device.register(world.node(n), one.person, one.device, ledger.hooks)),
  );
  await allSee(survivors, back, WITHIN_MS);
  await eventually("everybody has heard that they are back", () =>
    survivors.every((one) => back.every((other) => one.newsOf(other).length > 1)),
  );
  for (const [n, one] of survivors.entries()) ledger.send(one, back[n % back.length]!);
  await settled(world, ledger);
  await Promise.all(survivors.map((one) => one.fence()));

  print(
    "kill -9 of a node",
    world.about,
    `${doomed.length} of ${devices.length} devices gone from check after ${seconds(gone)}, all told after ` +
      `${seconds(told)}; ${count(ledger.sent())} messages, ${count(ledger.refused())} refused (slowest after ` +
      `${seconds(
        percentile(
          ledger.refusals.map(({ after }) => after),
          100,
        ),
      )}), delivered p99 ` +
      `${millis(percentile(ledger.delays, 99))}, seed ${seed}`,
  );
  expect(told).toBeLessThan(WITHIN_MS);
  expect(gone).toBeLessThan(WITHIN_MS);
  for (const one of survivors) {
    for (const other of doomed) expect(one.newsOf(other)).toEqual(["user_left", "user_joined"]);
    expect(one.heard).toHaveLength(2 * doomed.length);
    expect(one.closed).toBe(null);
    expect(one.complaints).toEqual([]);
  }
  expect(ledger.confused()).toEqual([]);
  expect(ledger.open()).toBe(0);
  // The dead node may have handed a message over, and died before it said so.
  expect(ledger.both()).toBeLessThan(64);
}
