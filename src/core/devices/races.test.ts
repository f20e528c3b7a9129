import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startDeviceNodes, type DeviceNode, type DeviceWorld } from "../../../test/support/device-world.ts";

const [ada, bob] = ["ada@example.com", "bob@example.com"];

let world: DeviceWorld;
let nodes: DeviceNode[];

beforeEach(async () => {
  ({ world, nodes } = await startDeviceNodes([ada, bob], 8_000));
});

afterEach(() => expect(world.failures).toEqual([]));

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

/** At whichever moment of the other step it happens. */
const moments = Array.from({ length: 24 }, (_, n) => n);

test.each(moments)("a device that leaves while its presence is restored is gone (%d)", async (moment) => {
  const watcher = await nodes[1]!.device(ada, "laptop");
  const phone = await nodes[0]!.device(bob, "phone");
  await world.settle();
  // The others clear a sleeper's devices away; once it wakes, it says again what it has.
  nodes[0]!.stop();
  await world.clock.advance(20_000);
  const leaving = new Promise<void>((left) => {
    world.state.restoring = () => void turns(moment).then(() => phone.socket.leave().then(left));
  });
  nodes[0]!.goOn();
  await world.clock.advance(3_000);
  await leaving;
  world.state.restoring = null;
  await world.clock.advance(1_000);
  expect(await watcher.online()).toEqual([]);
  expect((await world.presences.of([bob])).size).toBe(0);
  expect(watcher.news.at(-1)).toBe(`left ${bob} phone`);
});

test.each(moments)(
  "a device that tells its name anew while it comes by a newer socket goes with that (%d)",
  async (n) => {
    const watcher = await nodes[2]!.device(ada, "laptop");
    const older = await nodes[0]!.device(bob, "phone");
    await world.settle();
    const coming = nodes[1]!.device(bob, "phone");
    await turns(n);
    await older.socket.register({ token: bob, email: bob, device: "phone", name: "new name", type: null });
    const newer = await coming;
    await world.clock.advance(10_000);
    expect([older.end, newer.end]).toEqual(["replaced", null]);
    expect((await watcher.socket.check()).map(({ socket }) => socket)).toEqual([newer.socket.id]);
    expect(watcher.news).toEqual([`joined ${bob} phone`]);
    watcher.send(bob, "phone", "x");
    await world.settle();
    expect(newer.got).toEqual(["x"]);
  },
);

test.each(moments)("a device that tells its name anew and leaves is gone (%d)", async (n) => {
  const watcher = await nodes[1]!.device(ada, "laptop");
  const phone = await nodes[0]!.device(bob, "phone");
  const naming = phone.socket.register({ token: bob, email: bob, device: "phone", name: "new", type: null });
  await turns(n);
  await phone.socket.leave();
  await naming;
  await world.clock.advance(10_000);
  expect(await watcher.online()).toEqual([]);
  expect((await world.presences.of([bob])).size).toBe(0);
  expect(nodes[0]!.devices.figures().devices).toBe(0);
});

test("a name told anew while the store is away is known everywhere after", async () => {
  const watcher = await nodes[1]!.device(ada, "laptop");
  const phone = await nodes[0]!.device(bob, "phone");
  world.setAway(true);
  await phone.socket.register({ token: bob, email: bob, device: "phone", name: "new", type: null });
  await world.clock.advance(5_000);
  world.setAway(false);
  await world.clock.advance(10_000);
  expect(await watcher.socket.check()).toMatchObject([{ name: "new", socket: phone.socket.id }]);
  expect(watcher.news).toEqual([`joined ${bob} phone`]);
});

describe.each([0, 1])("a device that left while the store was away", (back) => {
  test(`and comes back to node ${back} before anybody else has heard is there again for everybody`, async () => {
    const near = await nodes[0]!.device(ada, "near");
    const far = await nodes[1]!.device(ada, "far");
    const phone = await nodes[0]!.device(bob, "phone");
    await world.settle();
    world.setAway(true);
    await phone.socket.leave();
    await world.clock.advance(5_000);
    world.setAway(false);
    await nodes[back]!.device(bob, "phone");
    await world.clock.advance(30_000);
    const about = (news: readonly string[]) => news.filter((one) => one.endsWith("phone"));
    expect(about(near.news)).toEqual([`joined ${bob} phone`, `left ${bob} phone`, `joined ${bob} phone`]);
    expect(about(far.news)).toEqual([`joined ${bob} phone`]);
    expect(await near.online()).toEqual([`${bob} phone`]);
  });
});

test("devices of a node that has died are not listed while it is being cleared up after", async () => {
  const watcher = await nodes[0]!.device(ada, "laptop");
  await nodes[2]!.device(bob, "phone");
  await world.settle();
  world.state.page = () => new Promise(() => undefined);
  nodes[2]!.kill();
  await world.clock.advance(10_000);
  expect(await watcher.online()).toEqual([]);
});
