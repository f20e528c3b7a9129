import { expect } from "bun:test";
import type { World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { RawGuest } from "../wire/rooms-client.ts";
import { Device, nameOf } from "./device.ts";
import { count, print, seconds } from "./figures.ts";
import { quiet } from "./traffic.ts";

const READERS = 20;
const BYTES = 60_000;
/** Messages to a device that reads, after which a node's memory is what it is at work. */
const WARMING = 1_600;
const MEGABYTE = 1024 * 1024;
/** What the server may keep for each besides its megabyte: copies that are being written. */
const SHARE = 3 * MEGABYTE;
/** What a node's garbage may come to beyond what it was when it was warm. */
const SPARE = 64 * MEGABYTE;

/** Devices that stop reading: each is closed once a megabyte waits for it, and the server's memory stays bounded. */
export async function slowReaders(world: World): Promise<void> {
  const [ada, bob] = (await world.people(2)) as [any, any];
  await world.befriend(ada, bob);
  const refused = new Set<string>();
  const sender = await Device.register(world.node(0), ada, "sender", { refused: (to) => refused.add(nameOf(to)) });
  const readers = await Promise.all(
    Array.from({ length: READERS }, async (_, n) => {
      const raw = new RawGuest(`${world.node(1).wsUrl}/socket/`);
      const device = `slow-${n}`;
      raw.send({ event: "register", from_email: bob.email, from_token: bob.token, from_device: device });
      await raw.text();
      raw.stopReading();
      return { raw, email: bob.email as string, device };
    }),
  );
  await eventually("all are there", () => sender.heard.length === READERS);
  /** A sender who does not wait would be closed for what waits on its own node. */
  const handedOver = async (): Promise<void> => {
    await sender.fence();
    await eventually("nothing is under way", () => quiet(world));
  };

  const sdp = "x".repeat(BYTES);
  const eager = await Device.register(world.node(1), bob, "eager");
  await eventually("it is there", () => sender.newsOf(eager).length === 1);
  for (let n = 1; n <= WARMING; n++) {
    sender.send(eager, { sdp });
    if (n % 8 === 0) await handedOver();
  }
  const before = await memory(world);

  const began = performance.now();
  let [sent, most] = [0, before];
  for (let round = 0; refused.size < READERS; round++) {
    if (round > 1_000) throw new Error(`${READERS - refused.size} readers were never closed`);
    for (const one of readers.filter((one) => !refused.has(nameOf(one)))) {
      sender.send(one, { sdp });
      if (++sent % 8 === 0) await handedOver();
    }
    most = Math.max(most, await memory(world));
  }
  await eventually("all were told of", () => readers.every((one) => sender.newsOf(one).includes("user_left")));
  const took = performance.now() - began;
  for (const { raw } of readers) await raw.reset();

  print(
    "slow readers",
    world.about,
    `${READERS} closed after ${count(sent)} messages of ${count(BYTES)} bytes in ${seconds(took)}; memory of all nodes ` +
      `${megabytes(before)} before, ${megabytes(most)} at most`,
  );
  for (const one of readers) expect(sender.newsOf(one)).toEqual(["user_joined", "user_left"]);
  expect(sender.closed).toBe(null);
  expect(most - before).toBeLessThan(READERS * SHARE + world.nodes.length * SPARE);
}

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;

async function memory(world: World): Promise<number> {
  const each = await Promise.all(
    world.nodes.map(async ({ url }) => {
      const { body } = await call("GET", `${url}/metrics`);
      return Number(/^rendezvous_process_resident_memory_bytes (\S+)/m.exec(body)![1]);
    }),
  );
  return each.reduce((sum, one) => sum + one, 0);
}
