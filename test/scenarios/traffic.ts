import type { Person, World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Device, type Address } from "./device.ts";
import type { Ledger } from "./ledger.ts";

/** People who are all contacts of each other, each with devices that are spread over the nodes. */
export async function crowd(
  world: World,
  ledger: Ledger,
  size: { readonly people: number; readonly devices: number },
): Promise<{ readonly people: readonly Person[]; readonly devices: Device[] }> {
  const people = await world.people(size.people);
  for (const [at, one] of people.entries()) {
    await Promise.all(people.slice(0, at).map((other) => world.befriend(one, other)));
  }
  const devices = await Promise.all(
    people.flatMap((one, at) =>
      Array.from({ length: size.devices }, (_, n) =>
        Device.register(world.node(at + n), one, `device-${n}`, ledger.hooks),
      ),
    ),
  );
  // What is told of those who came before must not be mistaken for news.
  await eventually("all nodes have been told of everybody", () => quiet(world));
  await Promise.all(devices.map((one) => one.fence()));
  for (const one of devices) one.heard.length = 0;
  return { people, devices };
}

/** Traffic between these, until it is stopped. */
export interface Traffic {
  stop(): Promise<void>;
}

/** How often a burst is sent, in ms: fewer than the server's budgets, more than a person's devices ever do. */
const PACE_MS = 5;

/** Sends bursts from one to another, both chosen at random, and never to itself. */
export function startTraffic(
  ledger: Ledger,
  random: (bound: number) => number,
  from: () => readonly Device[],
  to: () => readonly Address[],
): Traffic {
  let isOver = false;
  const run = async (): Promise<void> => {
    while (!isOver) {
      burst(ledger, random, from(), to());
      await new Promise((resume) => setTimeout(resume, PACE_MS));
    }
  };
  const running = run();
  return {
    stop() {
      isOver = true;
      return running;
    },
  };
}

/** Up to eight messages from one to another. */
export function burst(
  ledger: Ledger,
  random: (bound: number) => number,
  from: readonly Device[],
  to: readonly Address[],
): void {
  const sender = from[random(from.length)]!;
  const receiver = to[random(to.length)]!;
  if (sender.email === receiver.email && sender.device === receiver.device) return;
  if (sender.closed !== null) return;
  for (let n = random(8); n >= 0; n--) ledger.send(sender, receiver);
}

/** Waits until each message was delivered or refused, and no node has any that could still be. */
export async function settled(world: World, ledger: Ledger, withinMs = 10_000): Promise<void> {
  await eventually("something is heard of every message", () => ledger.open() === 0, withinMs).catch((error) => {
    throw new Error(`${ledger.open()} of ${ledger.sent()} messages are open: ${error}`);
  });
  await eventually("nothing is under way", () => quiet(world), withinMs);
}

/** True if no node has a message or an announcement on its way to another. */
export async function quiet(world: World): Promise<boolean> {
  const figures = await Promise.all(world.nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const gauges = ["device_waiting_characters", "device_announcements_waiting"];
  return figures.every((text) => gauges.every((name) => new RegExp(`_${name}\\S* 0\n`).test(text)));
}
