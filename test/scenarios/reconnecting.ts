import { expect } from "bun:test";
import { join } from "node:path";
import type { Person, World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Device, nameOf } from "./device.ts";
import { count, millis, percentile, print, seconds } from "./figures.ts";

const PEOPLE = 1_000;
const DEVICES = 5;
/** Of the devices of two friends, their own among them: of each two, whoever is there first hears of the other. */
const PAIRS_OF_FRIENDS = (2 * DEVICES * (2 * DEVICES - 1)) / 2;
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

  const firstAt = performance.now();
  const devices = await atOnce(500, names, ({ person, device }, at) => come(world, person, device, at));
  const first = performance.now() - firstAt;
  let moves = 0;
  const perWatcher = (PEOPLE / WATCHERS) * DEVICES;
  await eventually("all were announced", () => watchers.every(({ heard }) => heard.length === perWatcher), 30_000);
  // To those who wave as well: what is still under way to them would be taken for something of the first wave.
  await eventually("friends were told of each other", () => pairs(devices) === (PEOPLE / 2) * PAIRS_OF_FRIENDS, 30_000);
  await Promise.all([...watchers, ...devices].map((one) => one.fence()));

  /** The first so many lose their connection and come back. */
  const wave = async (size: number): Promise<void> => {
    for (const one of [...watchers, ...devices]) one.heard.length = 0;
    const pulse = startPulse(world);
    const lostAt = performance.now();
    for (const one of devices.slice(0, size)) one.breakOff();
    const awayFor = new Map<string, number>();
    const back = await atOnce(size, names.slice(0, size), async ({ person, device }, at) => {
      // On another node than before, as a load balancer would have it.
      const one = await come(world, person, device, at + ++moves);
      awayFor.set(nameOf(one), performance.now() - lostAt);
      return one;
    });
    devices.splice(0, size, ...back);
    const all = performance.now() - lostAt;
    const online = await Promise.all(watchers.map(async (one) => (await one.check()).size));
    const answers = await pulse.stop();
    expect(online).toEqual(watchers.map(() => perWatcher));
    // Whoever was to be announced has been by then.
    await new Promise((resume) => setTimeout(resume, Math.max(0, GRACE_MS + 1_500 - (performance.now() - lostAt))));
    await eventually("nobody is taken for gone", () => watchers.every(nobodyGone));
    await Promise.all([...watchers, ...devices].map((one) => one.fence()));

    const delays = [...awayFor.values()];
    const late = delays.filter((took) => took >= GRACE_MS).length;
    const heard = [...watchers, ...devices].reduce((sum, one) => sum + one.heard.length, 0);
    print(
      "reconnect",
      world.about,
      `${count(size)} devices in ${seconds(all)}, p50 ${millis(percentile(delays, 50))}, ` +
        `p99 ${millis(percentile(delays, 99))}, ${count(late)} later than 2 s, ${count(heard)} announcements heard; ` +
        `/livez meanwhile p50 ${millis(percentile(answers, 50))}, p99 ${millis(percentile(answers, 99))}, ` +
        `longest ${millis(percentile(answers, 100))}`,
    );
    for (const one of [...watchers, ...devices]) {
      expect(one.closed).toBe(null);
      const told = new Map<string, string[]>();
      for (const { about, event } of one.heard) told.set(about, [...(told.get(about) ?? []), event]);
      for (const [about, events] of told) {
        expect(awayFor.get(about)!).toBeGreaterThan(GRACE_MS - 100);
        // Who came back itself may have been away when it was told that the other one left, or joined.
        expect(["user_left user_joined", "user_joined", "user_left"]).toContain(events.join(" "));
      }
    }
    expect(percentile(answers, 100)).toBeLessThan(5_000);
  };

  print("reconnect", world.about, `${count(devices.length)} devices the first time, 500 at once: ${seconds(first)}`);
  await wave(500);
  await wave(devices.length);
}

/** Of how many two one has been told of the other at least. */
function pairs(devices: readonly Device[]): number {
  const told = devices.flatMap((one) => one.heard.map(({ about }) => [nameOf(one), about].toSorted().join(" ")));
  return new Set(told).size;
}

/** That one left may come later than that it is back, from another node; then it is not told. */
function nobodyGone({ heard }: Device): boolean {
  return [...new Map(heard.map(({ about, event }) => [about, event])).values()].every((last) => last === "user_joined");
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
