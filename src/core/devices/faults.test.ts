import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startDeviceNodes, type DeviceNode, type DeviceWorld } from "../../../test/support/device-world.ts";

const [ada, bob] = ["ada@example.com", "bob@example.com"];

let world: DeviceWorld;
let nodes: DeviceNode[];

beforeEach(async () => {
  ({ world, nodes } = await startDeviceNodes([ada, bob]));
});

afterEach(() => expect(world.failures).toEqual([]));

describe("a node that is killed", () => {
  test("takes its devices with it within ten seconds, and each is told of once on every node", async () => {
    const watchers = await Promise.all(nodes.slice(0, 2).map((node, n) => node.device(ada, `laptop${n}`)));
    for (let n = 0; n < 30; n++) await nodes[2]!.device(bob, `phone${n}`);
    await world.settle();
    for (const watcher of watchers) watcher.news.length = 0;
    nodes[2]!.kill();
    await world.clock.advance(10_000);
    for (const watcher of watchers) {
      expect(watcher.news.toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => `left ${bob} phone${n}`).toSorted());
      expect(await watcher.online()).toEqual([]);
    }
  });

  test("whose device has come back elsewhere is told of to nobody", async () => {
    const watcher = await nodes[0]!.device(ada, "laptop");
    await nodes[2]!.device(bob, "phone");
    await world.settle();
    nodes[2]!.kill();
    const back = await nodes[1]!.device(bob, "phone");
    await world.clock.advance(20_000);
    expect(watcher.news).toEqual([`joined ${bob} phone`]);
    expect(back.end).toBeNull();
    expect(await watcher.online()).toEqual([`${bob} phone`]);
  });
});

describe("a node that is stopped for 40 s and wakes", () => {
  test("publishes its devices again, and whoever was told that they left hears that they are back", async () => {
    const watcher = await nodes[0]!.device(ada, "laptop");
    const second = await nodes[2]!.device(bob, "phone");
    await world.settle();
    nodes[2]!.stop();
    await world.clock.advance(40_000);
    expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
    expect(await watcher.online()).toEqual([]);
    nodes[2]!.goOn();
    await world.clock.advance(5_000);
    expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`, `joined ${bob} phone`]);
    expect(await watcher.online()).toEqual([`${bob} phone`]);
    watcher.send(bob, "phone", "x");
    await world.settle();
    expect(second.got).toEqual(["x"]);
  });

  test("changes nothing about a device that has moved meanwhile: its own socket is closed", async () => {
    const watcher = await nodes[0]!.device(ada, "laptop");
    const older = await nodes[2]!.device(bob, "phone");
    await world.settle();
    older.socket.lost();
    nodes[2]!.stop();
    await world.clock.advance(1_000);
    const newer = await nodes[1]!.device(bob, "phone");
    await world.clock.advance(40_000);
    nodes[2]!.goOn();
    await world.clock.advance(10_000);
    expect(newer.end).toBeNull();
    watcher.send(bob, "phone", "x");
    await world.settle();
    expect(newer.got).toEqual(["x"]);
    expect(watcher.news.filter((one) => one.startsWith("left"))).toEqual([]);
    expect(nodes[2]!.devices.figures().devices).toBe(0);
  });

  test("closes its socket of a device that a newer one has, although it still seems open", async () => {
    await nodes[0]!.device(ada, "laptop");
    const older = await nodes[2]!.device(bob, "phone");
    nodes[2]!.stop();
    await world.clock.advance(20_000);
    const newer = await nodes[1]!.device(bob, "phone");
    await world.clock.advance(20_000);
    nodes[2]!.goOn();
    await world.clock.advance(5_000);
    expect([older.end, newer.end]).toEqual(["replaced", null]);
  });
});

describe("while the store is away", () => {
  test("devices register and talk on their own node, and others are refused at once", async () => {
    const far = await nodes[1]!.device(bob, "far");
    const before = await nodes[0]!.device(ada, "before");
    before.send(bob, "far", "x");
    await world.settle();
    world.setAway(true);
    const first = await nodes[0]!.device(ada, "laptop");
    const second = await nodes[0]!.device(bob, "phone");
    expect(first.registered).toEqual([first.socket.id]);
    expect(first.news).toEqual([`joined ${bob} phone`]);
    first.send(bob, "phone", "one");
    expect(second.got).toEqual(["one"]);
    expect(await first.online()).toEqual([`${bob} phone`]);
    first.send(bob, "far", "two");
    before.send(bob, "far", "two");
    first.send(bob, "nowhere", "three");
    await world.settle();
    expect(first.refused.map(({ to, why }) => [to.device, why])).toEqual([
      ["far", "unavailable"],
      ["nowhere", "unavailable"],
    ]);
    expect(before.refused.map(({ why }) => why)).toEqual(["unavailable"]);
    expect(far.got).toEqual(["x"]);
  });

  test("what registered meanwhile is published within five seconds after, and told of once", async () => {
    const watcher = await nodes[1]!.device(ada, "laptop");
    world.setAway(true);
    await world.clock.advance(10_000);
    const here = await nodes[0]!.device(ada, "here");
    const second = await nodes[0]!.device(bob, "phone");
    await world.clock.advance(10_000);
    world.setAway(false);
    await world.clock.advance(5_000);
    watcher.send(bob, "phone", "x");
    await world.settle();
    expect(second.got).toEqual(["x"]);
    expect(watcher.news.toSorted()).toEqual([`joined ${ada} here`, `joined ${bob} phone`]);
    expect(here.news).toEqual([`joined ${bob} phone`]);
  });

  test("what left meanwhile is gone after, and told of once", async () => {
    const watcher = await nodes[1]!.device(ada, "laptop");
    const here = await nodes[0]!.device(ada, "here");
    const second = await nodes[0]!.device(bob, "phone");
    await world.settle();
    world.setAway(true);
    await second.socket.leave();
    await world.clock.advance(10_000);
    expect(here.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
    world.setAway(false);
    await world.clock.advance(5_000);
    expect(await watcher.online()).toEqual([]);
    expect(watcher.news.slice(-1)).toEqual([`left ${bob} phone`]);
    expect(watcher.news.filter((one) => one.startsWith("left"))).toHaveLength(1);
    expect(here.news).toHaveLength(2);
  });

  test("a device that comes back on its own node is announced to nobody", async () => {
    const here = await nodes[0]!.device(ada, "here");
    const second = await nodes[0]!.device(bob, "phone");
    world.setAway(true);
    second.socket.lost();
    await world.clock.advance(1_000);
    await nodes[0]!.device(bob, "phone");
    await world.clock.advance(10_000);
    world.setAway(false);
    await world.clock.advance(10_000);
    expect(here.news).toEqual([`joined ${bob} phone`]);
  });
});

test("a store that has lost everything is filled again within five seconds, and nobody hears of it", async () => {
  const first = await nodes[0]!.device(ada, "laptop");
  const second = await nodes[1]!.device(bob, "phone");
  await world.settle();
  world.flush();
  await world.clock.advance(5_000);
  expect(await first.online()).toEqual([`${bob} phone`]);
  first.send(bob, "phone", "x");
  await world.settle();
  expect(second.got).toEqual(["x"]);
  expect([first.news, second.news]).toEqual([[`joined ${bob} phone`], []]);
});

test("a store that has lost everything while a device leaves: it is told of all the same", async () => {
  const first = await nodes[0]!.device(ada, "laptop");
  const second = await nodes[1]!.device(bob, "phone");
  await world.settle();
  await world.clock.advance(1_990);
  world.flush();
  const third = await nodes[0]!.device(ada, "tablet");
  await second.socket.leave();
  await world.clock.advance(10_000);
  expect(third.news).toEqual([`left ${bob} phone`]);
  expect(first.news.filter((one) => one.startsWith("left"))).toHaveLength(0 + 1);
});

test("a message that is on its way when the store goes is refused as that, and what comes after it at once", async () => {
  const first = await nodes[0]!.device(ada, "laptop");
  await nodes[1]!.device(bob, "phone");
  first.send(bob, "phone", "known");
  await world.settle();
  world.bus.fate = () => [];
  first.send(bob, "phone", "lost");
  await world.settle();
  world.setAway(true);
  first.send(bob, "phone", "late");
  expect(first.refused.map(({ why }) => why)).toEqual(["unavailable"]);
  await world.clock.advance(5_000);
  expect(first.refused.map(({ why }) => why)).toEqual(["unavailable", "unavailable"]);
});

test("a store of which nobody has noticed yet that it is away is found out by the first message", async () => {
  world.state.isKnown = false;
  const first = await nodes[0]!.device(ada, "laptop");
  world.setAway(true);
  first.send(bob, "phone", "x");
  await world.settle();
  expect(first.refused.map(({ why }) => why)).toEqual(["unavailable"]);
});
