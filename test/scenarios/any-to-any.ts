import { expect } from "bun:test";
import type { World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Device } from "./device.ts";
import { chooseSeed, count, millis, percentile, print, seconds, seeded } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import { burst, crowd, settled } from "./traffic.ts";

const MESSAGES = 20_000;
/** One in so many bursts, a device moves or leaves. */
const RESTLESS = 40;

/**
 * 200 devices send to each other at random, while some say goodbye, come back, or move to another node: each message
 * arrives once and in its order, or its sender gets an error, and never both.
 */
export async function anyToAny(world: World): Promise<void> {
  const seed = chooseSeed();
  const random = seeded(seed);
  const ledger = new Ledger();
  const { devices } = await crowd(world, ledger, { people: 20, devices: 10 });
  // Nobody is there by these names.
  const absent = devices.slice(0, 5).map(({ email }) => ({ email, device: "absent" }));
  const away = new Set<Device>();
  const moves: Promise<void>[] = [];
  let moved = 0;

  // What is refused after its sender has gone is told nobody: whoever goes waits for its own messages first.
  const move = async (at: number): Promise<void> => {
    const former = devices[at]!;
    away.add(former);
    await eventually("its messages are settled", () => ledger.open(former) === 0);
    const node = world.node(random(world.nodes.length));
    if (random(2) === 0) await former.leave();
    devices[at] = await Device.register(node, former.person, former.device, ledger.hooks);
    const { code } = await former.ended();
    expect([1000, 4001]).toContain(code);
    away.delete(former);
    moved++;
  };

  const began = performance.now();
  let bursts = 0;
  while (ledger.sent() < MESSAGES) {
    const staying = devices.filter((one) => !away.has(one));
    burst(ledger, random, staying, random(20) === 0 ? absent : devices);
    if (++bursts % RESTLESS === 0) {
      const at = random(devices.length);
      if (!away.has(devices[at]!)) moves.push(move(at));
    }
    // Not faster than the rate at which the nodes can hand over: bounds are another scenario's subject.
    if (bursts % 10 === 0) await new Promise((resume) => setTimeout(resume, 2));
  }
  await Promise.all(moves);
  await settled(world, ledger);
  await Promise.all(devices.map((one) => one.fence()));
  const took = performance.now() - began;

  print(
    "any to any",
    world.about,
    `${devices.length} devices, ${count(ledger.sent())} messages in ${seconds(took)}, ` +
      `${count(ledger.received())} delivered (p50 ${millis(percentile(ledger.delays, 50))}, ` +
      `p99 ${millis(percentile(ledger.delays, 99))}), ${count(ledger.refused())} refused, ` +
      `${moved} moves, seed ${seed}`,
  );
  expect(ledger.confused()).toEqual([]);
  expect([ledger.open(), ledger.both()]).toEqual([0, 0]);
  expect(ledger.received()).toBeGreaterThan(MESSAGES / 2);
  expect(devices.flatMap(({ complaints }) => complaints)).toEqual([]);
  expect(new Set(ledger.refusals.map(({ why }) => why))).toEqual(new Set(["target_not_found"]));
}
