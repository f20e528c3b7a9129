import { expect } from "bun:test";
import type { ClusterWorld } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { allSee, Device, nameOf, noneSees } from "./device.ts";
import { chooseSeed, count, print, seconds, seeded } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { crowd, settled, startTraffic } from "./traffic.ts";

const PAUSE_MS = 40_000;
const WITHIN_MS = 10_000;

/**
 * SIGSTOP of a node for 40 s: its devices go like those of a dead one. When it wakes, its late cleanup takes nothing
 * from those who have registered elsewhere, the others are there again, and what was refused meanwhile stays refused.
 */
export async function pausedNode(world: ClusterWorld): Promise<void> {
  const seed = chooseSeed();
  const ledger = new Ledger();
  const { devices } = await crowd(world, ledger, { people: 12, devices: 5 });
  const sleeper = world.node(2);
  const asleep = devices.filter(({ node }) => node === sleeper);
  const awake = devices.filter(({ node }) => node !== sleeper);
  const [moving, staying] = [asleep.filter((_, n) => n % 2 === 0), asleep.filter((_, n) => n % 2 === 1)];

  world.pause(sleeper);
  const pausedAt = performance.now();
  const traffic = startTraffic(
    ledger,
    seeded(seed),
    () => awake,
    () => devices,
  );
  const gone = await noneSees(awake, asleep, WITHIN_MS + 1_000);
  await eventually("all have heard of it", () => awake.every(({ heard }) => heard.length >= asleep.length));
  const moved = await Promise.all(
    moving.map((one, n) => Device.register(world.nodes[n % 2]!, one.person, one.device, ledger.hooks)),
  );
  await allSee(awake, moved, WITHIN_MS);
  // The sleeper's own devices send too: what they say is heard when it wakes.
  for (const one of staying) ledger.send(one, awake[0]!);
  await new Promise((resume) => setTimeout(resume, PAUSE_MS - (performance.now() - pausedAt)));
  const wokeAt = performance.now();
  world.resume(sleeper);

  expect((await Promise.all(moving.map((one) => one.ended()))).map(({ code }) => code)).toEqual(moving.map(() => 4001));
  await allSee(awake, staying, WITHIN_MS);
  const back = performance.now() - wokeAt;
  await eventually("all have heard of it", () =>
    awake.every((one) => staying.every((other) => one.newsOf(other).length > 1)),
  );
  await traffic.stop();
  await settled(world, ledger);
  const received = ledger.received();
  for (const [n, one] of awake.entries()) {
    ledger.send(one, moved[n % moved.length]!);
    ledger.send(one, staying[n % staying.length]!);
  }
  await settled(world, ledger);

  print(
    "SIGSTOP of a node for 40 s",
    world.about,
    `${asleep.length} of ${devices.length} devices gone after ${seconds(gone)}, ${staying.length} back ` +
      `${seconds(back)} after it woke, ${moved.length} stayed where they had gone; ${count(ledger.sent())} messages, ` +
      `${count(ledger.refused())} refused, ${ledger.both()} delivered after all, seed ${seed}`,
  );
  expect(gone).toBeLessThan(WITHIN_MS);
  expect(ledger.received()).toBe(received + 2 * awake.length);
  // Its second cleanup comes a lease after it woke.
  await new Promise((resume) => setTimeout(resume, 7_000));
  for (const one of awake) {
    const online = await one.check();
    for (const other of [...moved, ...staying].filter(({ email }) => email !== one.email)) {
      expect(online.get(nameOf(other))).toBe(other.socketId);
    }
    for (const other of asleep) expect(one.newsOf(other)).toEqual(["user_left", "user_joined"]);
    expect(one.heard).toHaveLength(2 * asleep.length);
    expect(one.closed).toBe(null);
  }
  for (const one of [...moved, ...staying]) expect(one.closed).toBe(null);
  expect(ledger.confused()).toEqual([]);
  expect([ledger.open(), ledger.both()]).toEqual([0, 0]);
}
