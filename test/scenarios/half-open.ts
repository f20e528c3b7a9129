import { expect } from "bun:test";
import { startBlackHole } from "../support/black-hole.ts";
import type { World } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { Device, noneSees } from "./device.ts";
import { print, seconds } from "./figures.ts";

/** The server's longest wait for a sign of life, and what it gives a device to come back, in ms. */
const SILENCE_MS = 90_000 + 2_000;

/**
 * A connection that has died without either side being told: the device may take its place over at once by another
 * one; else it is taken for gone in time, and told of once.
 */
export async function halfOpen(world: World): Promise<void> {
  const [ada, bob] = (await world.people(2)) as [any, any];
  await world.befriend(ada, bob);
  const watcher = await Device.register(world.node(0), ada, "watcher");
  const hole = await startBlackHole(world.node(0).wsUrl);
  const beats = setInterval(() => watcher.say({ event: "ping" }), 20_000);
  try {
    const through = `${hole.url}/socket/`;
    const [returning, silent] = [
      await Device.register(world.node(0), bob, "returning", {}, through),
      await Device.register(world.node(0), bob, "silent", {}, through),
    ];
    await eventually("both are there", () => watcher.heard.length === 2);
    hole.swallow();
    const began = performance.now();
    const back = await Device.register(world.node(1), bob, "returning");
    await noneSees([watcher], [silent], SILENCE_MS + 5_000);
    const gone = performance.now() - began;
    await eventually("it is told", () => watcher.newsOf(silent).length === 2);
    expect(watcher.newsOf(returning)).toEqual(["user_joined"]);
    expect(watcher.newsOf(silent)).toEqual(["user_joined", "user_left"]);
    expect(back.closed).toBe(null);
    // Those who lost their way do not know it.
    expect([returning.closed, silent.closed]).toEqual([null, null]);
    const refused = Promise.withResolvers<string>();
    const sender = await Device.register(world.node(0), ada, "sender", { refused: (_, why) => refused.resolve(why) });
    sender.send(silent, {});
    expect(await refused.promise).toBe("target_not_found");
    await eventually("no socket is left behind", async () => {
      const answers = await Promise.all(world.nodes.map(({ url }) => call("GET", `${url}/metrics`)));
      const open = answers.map(({ body }) => Number(/^rendezvous_device_sockets (\d+)/m.exec(body)![1]));
      // The watcher, the one that came back, and the sender.
      return open.reduce((sum, one) => sum + one, 0) === 3;
    });
    print("half-open connection", world.about, `gone from check and told of after ${seconds(gone)}`);
  } finally {
    clearInterval(beats);
    hole.stop();
  }
}
