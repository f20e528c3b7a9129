import { expect } from "bun:test";
import { join } from "node:path";
import type { Person, World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Device, nameOf } from "./device.ts";
import { count, millis, percentile, print, seconds } from "./figures.ts";

const PEOPLE = 1_000;
const DEVICES = 5;
const WATCHERS = 20;
/** Who is back sooner was never away, in ms. */
const GRACE_MS = 2_000;

/**
 * 5,000 devices lose their connection and come back at once: all are registered again, and of who was back within two
 * seconds nobody hears; of the others each contact hears once at most that they left and that they joined.
 */
export async function reconnecting(world: World): Promise<void> {
  const people = await world.people(PEOPLE);
  const guards = await world.people(WATCHERS);
  // Each has a friend among those who come back, and one who stays.
  await atOnce(50, people, async (one, at) => {
    if (at % 2 === 0) await world.befriend(one, people[at + 1]!);
    await world.befriend(one, guards[at % WATCHERS]!);
  });
  const watchers = await Promise.all(guards.map((one, at) => Device.register(world.node(at), one, "watcher")));
  const names = people.flatMap((person) => Array.from({ length: DEVICES }, (_, n) => ({ person, device: `d${n}` })));
  const registerAll = async (limit: number, from: number): Promise<Device[]> =>
    atOnce(limit, names, ({ person, device }, at) => come(world, person, device, at + from));

  const firstAt = performance.now();
  const devices = await registerAll(500, 0);
  const first = performance.now() - firstAt;
  const perWatcher = (PEOPLE / WATCHERS) * DEVICES;
  await eventually("all were announced", () => watchers.every(({ heard }) => heard.length === perWatcher), 30_000);
  for (const one of watchers) one.heard.length = 0;

  const pulse = startPulse(world);
  const lostAt = performance.now();
  for (const one of devices) one.breakOff();
  const awayFor = new Map<string, number>();
  const delays: number[] = [];
  const back = await atOnce(names.length, names, async ({ person, device }, at) => {
    // On another node than before, as a load balancer would have it.
    const one = await come(world, person, device, at + 1);
    const took = performance.now() - lostAt;
    delays.push(took);
    awayFor.set(nameOf(one), took);
    return one;
  });
  const all = performance.now() - lostAt;
  const counts = await Promise.all(watchers.map(async (one) => (await one.check()).size));
  // Whoever was to be announced has been by now.
  await new Promise((resume) => setTimeout(resume, Math.max(0, GRACE_MS + 1_500 - (performance.now() - lostAt))));
  await Promise.all([...watchers, ...back].map((one) => one.fence()));
  const answers = await pulse.stop();

  const late = delays.filter((took) => took >= GRACE_MS).length;
  const heard = [...watchers, ...back].reduce((sum, one) => sum + one.heard.length, 0);
  print(
    "reconnect",
    world.about,
    `${count(back.length)} devices in ${seconds(all)} (the first time, 500 at a time: ${seconds(first)}), ` +
      `p50 ${millis(percentile(delays, 50))}, p99 ${millis(percentile(delays, 99))}, ${count(late)} later than 2 s, ` +
      `${count(heard)} announcements heard; /livez meanwhile p50 ${millis(percentile(answers, 50))}, ` +
      `p99 ${millis(percentile(answers, 99))}, longest ${millis(percentile(answers, 100))}`,
  );
  expect(counts).toEqual(watchers.map(() => perWatcher));
  for (const one of [...watchers, ...back]) {
    expect(one.closed).toBe(null);
    const told = new Map<string, string[]>();
    for (const { about, event } of one.heard) told.set(about, [...(told.get(about) ?? []), event]);
    for (const [about, events] of told) {
      // One's other devices, and friends who come back themselves, may have been gone when it was told that one left.
      expect(awayFor.get(about)!).toBeGreaterThan(GRACE_MS - 100);
      expect(["user_left user_joined", "user_joined", "user_left"]).toContain(events.join(" "));
    }
  }
  for (const one of watchers) {
    const left = one.heard.filter(({ event }) => event === "user_left").length;
    expect(one.heard.length).toBe(2 * left);
  }
  expect(percentile(answers, 100)).toBeLessThan(5_000);
}

/** Tries until it is in. */
async function come(world: World, person: Person, device: string, at: number): Promise<Device> {
  for (;;) {
    try {
      return await Device.register(world.node(at), person, device);
    } catch {
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}

async function atOnce<One, Made>(
  limit: number,
  all: readonly One[],
  step: (one: One, at: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length) {
      const at = next++;
      made[at] = await step(all[at]!, at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, all.length) }, work));
  return made;
}

function startPulse(world: World): { stop(): Promise<number[]> } {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "pulse.ts"), ...world.nodes.map(({ url }) => url)], {
    stdin: "pipe",
    stdout: "pipe",
  });
  return {
    async stop() {
      await child.stdin.end();
      return JSON.parse(await new Response(child.stdout).text()) as number[];
    },
  };
}
