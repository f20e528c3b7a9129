import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startDeviceNodes, type DeviceNode, type DeviceWorld } from "../../../test/support/device-world.ts";

const [ada, bob] = ["ada@example.com", "bob@example.com"];

let world: DeviceWorld;
let nodes: DeviceNode[];

beforeEach(async () => {
  ({ world, nodes } = await startDeviceNodes([ada, bob], 8_000));
});

afterEach(() => expect(world.failures).toEqual([]));

/** Commands under way on all three nodes together. */
const MOST = 7_000;

const people = (count: number) => Array.from({ length: count }, (_, n) => `user${n}@example.com`);

describe("a crowd of users with many contacts each", () => {
  test("is told of to everybody when it comes, and when it goes", async () => {
    const crowd = people(400);
    for (const email of crowd) {
      world.people.befriend(ada, email, true);
      for (const contact of people(60)) world.people.befriend(email, contact, true);
    }
    const watchers = [await nodes[0]!.device(ada, "near"), await nodes[1]!.device(ada, "far")];
    await world.settle();
    for (const watcher of watchers) watcher.news.length = 0;
    world.state.mayBeUnderWay = MOST;
    const came = await Promise.all(crowd.map((email) => nodes[2]!.device(email, "phone")));
    await world.clock.advance(5_000);
    const all = (what: string) => crowd.map((email) => `${what} ${email} phone`).toSorted();
    for (const { news } of watchers) expect(news.splice(0).toSorted()).toEqual(all("joined"));
    for (const { socket } of came) socket.lost();
    await world.clock.advance(15_000);
    for (const { news } of watchers) expect(news.toSorted()).toEqual(all("left"));
    expect(world.state.mostUnderWay).toBeLessThan(MOST);
  });

  test("is looked up no faster than the store answers when all of it asks who is there", async () => {
    const crowd = people(300);
    for (const email of crowd) for (const contact of people(60)) world.people.befriend(email, contact, true);
    const came = await Promise.all(crowd.map((email, n) => nodes[n % 3]!.device(email, "phone")));
    await world.settle();
    world.state.mostUnderWay = 0;
    const online = await Promise.all(came.map((one) => one.online()));
    expect(online.every((listed) => listed.length >= 59)).toBe(true);
    expect(world.state.mostUnderWay).toBeLessThan(MOST);
  });
});

test("news that the store or another node has no room for just now is told once it has", async () => {
  const watcher = await nodes[1]!.device(ada, "laptop");
  world.state.mayBeUnderWay = 0;
  await nodes[0]!.device(bob, "phone");
  await nodes[0]!.device(bob, "tablet");
  await world.clock.advance(10_000);
  expect(watcher.news).toEqual([]);
  world.state.mayBeUnderWay = 8_192;
  await world.clock.advance(2_000);
  expect(watcher.news).toEqual([`joined ${bob} phone`, `joined ${bob} tablet`]);
});

test("news that cannot be told yet is told in its order, and nobody hears any of it twice", async () => {
  const watcher = await nodes[1]!.device(ada, "laptop");
  world.state.mayBeUnderWay = 0;
  const phone = await nodes[0]!.device(bob, "phone");
  await world.clock.advance(3_000);
  await phone.socket.leave();
  await world.clock.advance(3_000);
  await nodes[0]!.device(bob, "phone");
  await world.clock.advance(3_000);
  world.state.mayBeUnderWay = 8_192;
  await world.clock.advance(10_000);
  expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`, `joined ${bob} phone`]);
});

test("one user whose news goes out slowly holds up nobody else's", async () => {
  const users = people(40);
  for (const email of users) world.people.befriend(ada, email, true);
  const watcher = await nodes[1]!.device(ada, "laptop");
  const slow = Promise.withResolvers<void>();
  world.state.slow = async (emails) => {
    if (emails.length > 1 && emails.includes(bob)) await slow.promise;
  };
  for (let n = 0; n < 30; n++) await nodes[0]!.device(bob, `device${n}`);
  for (const email of users) await nodes[0]!.device(email, "phone");
  await world.settle();
  expect(watcher.news.toSorted()).toEqual(users.map((email) => `joined ${email} phone`).toSorted());
  slow.resolve();
  await world.settle();
  expect(watcher.news.filter((one) => one.includes(bob))).toEqual(
    Array.from({ length: 30 }, (_, n) => `joined ${bob} device${n}`),
  );
});

test("a node that goes down without its store waits for it no longer than a few seconds", async () => {
  for (let n = 0; n < 300; n++) await nodes[0]!.device(`user${n}@example.com`, "phone");
  await world.settle();
  world.setAway(true);
  let isDown = false;
  const down = nodes[0]!.devices.stop().then(() => (isDown = true));
  await world.clock.advance(4_000);
  expect(isDown).toBe(true);
  await down;
});

describe("a user may have fifty devices", () => {
  const devices = async (count: number) => {
    for (let n = 0; n < count; n++) await nodes[n % 3]!.device(bob, `device${n}`);
  };
  const refusal = (node: DeviceNode, device: string) =>
    node.device(bob, device).then(
      () => null,
      ({ code }: { readonly code: string }) => code,
    );

  test("over all nodes, and one more is refused and heard of by nobody", async () => {
    const watcher = await nodes[0]!.device(ada, "laptop");
    await devices(50);
    await world.settle();
    watcher.news.length = 0;
    expect(await refusal(nodes[1]!, "one more")).toBe("too_many_devices");
    await world.settle();
    expect(await watcher.online()).toHaveLength(50);
    expect(watcher.news).toEqual([]);
    expect(nodes.reduce((sum, node) => sum + node.devices.figures().devices, 0)).toBe(51);
  });

  test("and takes over one that there is, or comes again when one has left", async () => {
    await devices(50);
    const again = await nodes[1]!.device(bob, "device0");
    await again.socket.leave();
    expect(await refusal(nodes[2]!, "another")).toBeNull();
  });

  test.each([1, 2, 3])("and just as many in the end, however many come at once on %d nodes", async (over) => {
    const watcher = await nodes[0]!.device(ada, "laptop");
    const came = await Promise.all(Array.from({ length: 80 }, (_, n) => refusal(nodes[n % over]!, `device${n}`)));
    expect(came.filter((code) => code === null)).toHaveLength(50);
    expect(came.filter((code) => code === "too_many_devices")).toHaveLength(30);
    await world.settle();
    expect(await watcher.online()).toHaveLength(50);
    expect(watcher.news).toHaveLength(50);
  });

  test("and fills what has become free, however many come at once", async () => {
    await devices(45);
    const came = await Promise.all(Array.from({ length: 30 }, (_, n) => refusal(nodes[n % 3]!, `late${n}`)));
    expect(came.filter((code) => code === null)).toHaveLength(5);
    expect((await world.presences.of([bob])).get(bob)!).toHaveLength(50);
  });

  test("of which none counts whose node has died, cleared away or not", async () => {
    world.state.page = () => new Promise(() => undefined);
    await devices(50);
    await world.settle();
    nodes[2]!.kill();
    await world.clock.advance(10_000);
    const came = await Promise.all(Array.from({ length: 30 }, (_, n) => refusal(nodes[n % 2]!, `late${n}`)));
    // Of 50, node 2 had 16.
    expect(came.filter((code) => code === null)).toHaveLength(16);
  });

  test("on a node of which the store is away as well", async () => {
    for (let n = 0; n < 50; n++) await nodes[0]!.device(bob, `device${n}`);
    world.setAway(true);
    expect(await refusal(nodes[0]!, "one more")).toBe("too_many_devices");
    expect(await refusal(nodes[0]!, "device7")).toBeNull();
  });
});
