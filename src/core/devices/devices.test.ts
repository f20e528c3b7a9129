import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startDeviceNodes, type DeviceNode, type DeviceWorld } from "../../../test/support/device-world.ts";

const [ada, bob, eve] = ["ada@example.com", "bob@example.com", "eve@example.com"];

let world: DeviceWorld;
let nodes: DeviceNode[];

beforeEach(async () => {
  ({ world, nodes } = await startDeviceNodes([ada, bob]));
});

afterEach(() => expect(world.failures).toEqual([]));

describe.each([
  ["one node", 0],
  ["two nodes", 1],
] as const)("devices on %s", (_, other) => {
  test("are announced, listed and reached, and leave", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(ada, "laptop");
    const second = await far.device(bob, "phone");
    await world.settle();
    expect(first.news).toEqual([`joined ${bob} phone`]);
    expect(second.news).toEqual([]);
    expect(await first.socket.check()).toEqual([
      {
        ...{ email: bob, device: "phone", socket: second.socket.id, name: "phone's name", type: null },
        since: expect.any(Number),
      },
    ]);
    first.send(" Bob@Example.com ", "phone", "one");
    first.send(bob, second.socket.id, "two");
    await world.settle();
    expect(second.got).toEqual(["one", "two"]);
    await second.socket.leave();
    await world.settle();
    expect(second.end).toBe("left");
    expect(first.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
    expect(await first.online()).toEqual([]);
    first.send("BOB@example.com", "phone", "three");
    await world.settle();
    expect(first.refused).toEqual([{ to: { email: "BOB@example.com", device: "phone" }, why: "not_found" }]);
  });

  test("a lost socket is not announced while a crowd is registering, for ten seconds at most", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const watcher = await home.device(ada, "laptop");
    const phone = await far.device(bob, "phone");
    const tablet = await far.device(bob, "tablet");
    await world.settle();
    const told = [...watcher.news];
    for (const device of [phone, tablet]) device.socket.lost();
    const letIn = world.people.hold();
    const crowd = Array.from({ length: 40 }, (_, at) => far.device(eve, `device-${at}`));
    const back = far.device(bob, "phone");
    await world.clock.advance(9_000);
    expect(watcher.news).toEqual(told);
    await world.clock.advance(1_500);
    expect(watcher.news.slice(told.length).toSorted()).toEqual([`left ${bob} phone`, `left ${bob} tablet`]);
    letIn();
    await Promise.all([back, ...crowd]);
    await world.settle();
    expect(watcher.news.slice(told.length + 2)).toEqual([`joined ${bob} phone`]);
  });

  test("nobody hears of a lost device that comes back with the crowd", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const watcher = await home.device(ada, "laptop");
    const phone = await far.device(bob, "phone");
    await world.settle();
    phone.socket.lost();
    const letIn = world.people.hold();
    const crowd = Array.from({ length: 40 }, (_, at) => far.device(eve, `device-${at}`));
    const back = home.device(bob, "phone");
    await world.clock.advance(5_000);
    letIn();
    await Promise.all([back, ...crowd]);
    await world.clock.advance(10_000);
    expect(watcher.news).toEqual([`joined ${bob} phone`]);
  });

  test("a lost socket is announced after two seconds, and not at all if it comes back", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const watcher = await home.device(ada, "laptop");
    const lost = await far.device(bob, "phone");
    await world.settle();
    lost.socket.lost();
    await world.clock.advance(1_900);
    const back = await home.device(bob, "phone");
    await world.clock.advance(10_000);
    expect(watcher.news).toEqual([`joined ${bob} phone`]);
    back.socket.lost();
    watcher.send(bob, "phone", "x");
    await world.clock.advance(1_900);
    expect(watcher.refused).toHaveLength(1);
    expect(watcher.news).toHaveLength(1);
    await world.clock.advance(200);
    expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
  });

  test("the newer socket takes the device over, and the older one's cleanup changes nothing", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const watcher = await home.device(ada, "laptop");
    const older = await home.device(bob, "phone");
    const newer = await far.device(bob, "phone");
    await world.settle();
    expect(older.end).toBe("replaced");
    older.socket.lost();
    await world.clock.advance(5_000);
    expect(newer.end).toBeNull();
    expect(watcher.news).toEqual([`joined ${bob} phone`]);
    expect((await watcher.socket.check()).map(({ socket }) => socket)).toEqual([newer.socket.id]);
    watcher.send(bob, "phone", "x");
    watcher.send(bob, older.socket.id, "y");
    await world.settle();
    expect(newer.got).toEqual(["x"]);
    expect(watcher.refused.map(({ to }) => to.device)).toEqual([older.socket.id]);
  });

  test("strangers neither see nor hear nor reach each other", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const stranger = await home.device(eve, "tablet");
    const second = await far.device(bob, "phone");
    stranger.send(bob, "phone", "x");
    stranger.send(bob, second.socket.id, "x");
    await world.settle();
    expect(stranger.news).toEqual([]);
    expect(await stranger.online()).toEqual([]);
    expect(second.got).toEqual([]);
    expect(stranger.refused.map(({ why }) => why)).toEqual(["not_found", "not_found"]);
  });

  test("a user's own devices announce and reach each other, and check leaves them out", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const laptop = await home.device(bob, "laptop");
    const phone = await far.device(bob, "phone");
    await world.settle();
    expect(laptop.news).toEqual([`joined ${bob} phone`]);
    laptop.send(bob, "phone", "x");
    await world.settle();
    expect(phone.got).toEqual(["x"]);
    expect(await laptop.online()).toEqual([]);
  });

  test("who becomes a contact is reached, and who is none any more is not, without a lookup of contacts", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(eve, "tablet");
    const second = await far.device(bob, "phone");
    world.people.befriend(eve, bob);
    await world.settle();
    const asked = world.people.asked();
    for (let n = 0; n < 100; n++) first.send(bob, "phone", `${n}`);
    await world.settle();
    expect(second.got).toHaveLength(100);
    expect(world.people.asked()).toBe(asked);
    world.people.part(eve, bob);
    await world.settle();
    first.send(bob, "phone", "x");
    await world.settle();
    expect(second.got).toHaveLength(100);
    expect(first.refused).toHaveLength(1);
  });

  test("a change of contacts counts when it is told of, however long the records take", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(eve, "tablet");
    const second = await far.device(bob, "phone");
    const letAnswer = world.people.holdContacts();
    world.people.befriend(eve, bob);
    first.send(bob, "phone", "x");
    await world.settle();
    expect(second.got).toEqual(["x"]);
    expect(await first.online()).toEqual([`${bob} phone`]);
    void second.socket.leave();
    await world.settle();
    expect(first.news).toEqual([`left ${bob} phone`]);
    world.people.part(bob, eve);
    const third = far.device(bob, "laptop");
    first.send(bob, "laptop", "y");
    expect(await first.online()).toEqual([]);
    letAnswer();
    const laptop = await third;
    await world.settle();
    first.send(bob, "laptop", "z");
    await world.settle();
    expect(laptop.got).toEqual([]);
    expect(first.refused).toHaveLength(2);
    expect(first.news).toEqual([`left ${bob} phone`]);
  });

  test("whoever waits for a change of contacts waits until it counts where their devices are", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(ada, "laptop");
    const second = await far.device(bob, "phone");
    await world.settle();
    const letAnswer = world.people.holdContacts();
    let isDone = false;
    void world.people.partOn("c", ada, bob).then(() => (isDone = true));
    await world.settle();
    expect(isDone).toBe(true);
    first.send(bob, "phone", "x");
    second.send(ada, "laptop", "y");
    expect([await first.online(), await second.online()]).toEqual([[], []]);
    letAnswer();
    await world.settle();
    expect([first.got, second.got]).toEqual([[], []]);
  });

  test("a change of contacts that nobody told of counts within a minute or so", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(ada, "laptop");
    const second = await far.device(bob, "phone");
    world.people.part(ada, bob, true);
    for (let s = 0; s < 65; s++) {
      first.socket.heard();
      second.socket.heard();
      await world.clock.advance(1_000);
    }
    first.send(bob, "phone", "x");
    await world.settle();
    expect(second.got).toEqual([]);
    expect(first.refused).toHaveLength(1);
  });

  test("a receiver that does not read is told of to the sender, once", async () => {
    const [home, far] = [nodes[0]!, nodes[other]!];
    const first = await home.device(ada, "laptop");
    const second = await far.device(bob, "phone");
    second.isStuck = true;
    first.send(bob, "phone", "x");
    await world.settle();
    expect(first.refused).toEqual([{ to: { email: bob, device: "phone" }, why: "not_found" }]);
  });

  test("a node that goes down properly gives up its devices and says so once", async () => {
    const [home, far] = [nodes[0]!, nodes[2]!];
    const watcher = await home.device(ada, "laptop");
    const gone = await far.device(bob, "phone");
    await world.settle();
    await far.leave();
    await world.clock.advance(20_000);
    expect(gone.end).toBeNull();
    expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
  });
});

test("a device that leaves and comes to another node at once is told of in that order, whichever news is first", async () => {
  const watchers = await Promise.all(nodes.map((node, at) => node.device(ada, `laptop-${at}`)));
  let phone = await nodes[0]!.device(bob, "phone");
  await world.settle();
  for (let turn = 1; turn <= 12; turn++) {
    const leaving = phone.socket.leave();
    phone = await nodes[turn % 3]!.device(bob, "phone");
    await leaving;
    await world.settle();
  }
  for (const { news } of watchers) {
    const told = news.filter((one) => one.includes(bob)).map((one) => one.split(" ")[0]);
    expect(told.every((word, at) => word === (at % 2 === 0 ? "joined" : "left"))).toBe(true);
    expect(told.at(-1)).toBe("joined");
    expect(await watchers[0]!.online()).toEqual([`${bob} phone`]);
  }
});

test("whoever comes when nobody was there to hear hears of the new only", async () => {
  const [home, far] = [nodes[0]!, nodes[1]!];
  const early = await home.device(ada, "laptop");
  const phone = await far.device(bob, "phone");
  await world.settle();
  expect(early.news).toEqual([`joined ${bob} phone`]);
  await early.socket.leave();
  await world.settle();
  await phone.socket.leave();
  await world.settle();
  const late = await home.device(ada, "laptop");
  await far.device(bob, "phone");
  await world.settle();
  expect(late.news).toEqual([`joined ${bob} phone`]);
});

test("a user whose account is removed loses its sockets, whatever tokens they came with", async () => {
  const [one, two] = [await nodes[0]!.device(bob, "phone"), await nodes[1]!.device(bob, "tablet", `${bob}#2`)];
  const other = await nodes[1]!.device(ada, "laptop");
  world.people.tell({ type: "removed", emails: [bob] });
  await world.settle();
  expect([one.end, two.end, other.end]).toEqual(["revoked", "revoked", null]);
});

describe("tokens", () => {
  test("what is no token, or somebody else's, registers nobody", async () => {
    const opened = nodes[0]!.open();
    const form = { device: "laptop", name: null, type: null };
    const attempt = (token: string, email: string) =>
      opened.socket.register({ ...form, token, email }).catch(({ code }: { code: string }) => code);
    expect(await attempt("nonsense", ada)).toBe("malformed_token");
    expect(await attempt(ada, bob)).toBe("email_mismatch");
    expect(opened.registered).toEqual([]);
    expect(await attempt(ada, ` ADA@example.com`)).toBeUndefined();
    expect(opened.registered).toEqual([opened.socket.id]);
  });

  test("a revoked one closes the sockets that came with it, on every node, and they leave at once", async () => {
    const watcher = await nodes[0]!.device(bob, "phone");
    const [one, two] = [await nodes[0]!.device(ada, "x", `${ada}#1`), await nodes[1]!.device(ada, "y", `${ada}#1`)];
    const other = await nodes[1]!.device(ada, "z", `${ada}#2`);
    await world.settle();
    world.people.revoke(`${ada}#1`);
    await world.settle();
    expect([one.end, two.end, other.end]).toEqual(["revoked", "revoked", null]);
    expect(watcher.news.slice(3)).toEqual([`left ${ada} x`, `left ${ada} y`]);
  });

  test("one that is revoked while its device may still come back gives that up at once", async () => {
    const watcher = await nodes[0]!.device(bob, "phone");
    const lost = await nodes[0]!.device(ada, "x", `${ada}#1`);
    lost.socket.lost();
    await world.settle();
    expect(watcher.news).toEqual([`joined ${ada} x`]);
    world.people.revoke(`${ada}#1`);
    await world.settle();
    expect(watcher.news.slice(1)).toEqual([`left ${ada} x`]);
  });

  test("one that was revoked unheard closes them within a minute, and at once after a gap", async () => {
    const first = await nodes[0]!.device(ada, "x", `${ada}#1`);
    world.people.revoke(`${ada}#1`, true);
    await world.clock.advance(60_000);
    expect(first.end).toBe("revoked");
    const second = await nodes[0]!.device(ada, "x", `${ada}#2`);
    world.people.revoke(`${ada}#2`, true);
    world.people.tell({ type: "gap" });
    await world.settle();
    expect(second.end).toBe("revoked");
  });

  test("one that has expired closes its socket", async () => {
    const first = await nodes[0]!.device(ada, "x", `${ada}<5000`);
    await world.clock.advance(4_900);
    expect(first.end).toBeNull();
    await world.clock.advance(1_100);
    expect(first.end).toBe("expired");
  });
});

describe("sockets", () => {
  test("that are silent for 90 s, or never register, are closed", async () => {
    const silent = await nodes[0]!.device(ada, "x");
    const opened = nodes[0]!.open();
    await world.clock.advance(31_000);
    expect(opened.end).toBe("unregistered");
    silent.socket.heard();
    await world.clock.advance(89_000);
    expect(silent.end).toBeNull();
    await world.clock.advance(2_000);
    expect(silent.end).toBe("silent");
  });

  test("whose registration waits for its turn are not closed for having none", async () => {
    const letGo = world.people.hold();
    const waiting = nodes[0]!.open();
    const registering = waiting.socket.register({ token: ada, email: ada, device: "x", name: null, type: null });
    await world.clock.advance(60_000);
    expect(waiting.end).toBeNull();
    letGo();
    await registering;
    expect(waiting.registered).toHaveLength(1);
  });

  test("whose registration was refused after a while are closed if they do not try again", async () => {
    const letGo = world.people.hold();
    const refused = nodes[0]!.open();
    const registering = refused.socket.register({ token: "nobody", email: ada, device: "x", name: null, type: null });
    await world.clock.advance(60_000);
    letGo();
    await registering.catch(() => undefined);
    await world.clock.advance(2_000);
    expect(refused.end).toBe("unregistered");
  });

  test("that are alive keep their presence", async () => {
    const first = await nodes[0]!.device(ada, "laptop");
    const second = await nodes[1]!.device(bob, "phone");
    for (let s = 0; s < 600; s++) {
      await world.clock.advance(1_000);
      first.socket.heard();
      second.socket.heard();
    }
    expect(await first.online()).toEqual([`${bob} phone`]);
    expect(first.news).toEqual([`joined ${bob} phone`]);
  });

  test("that register their device again change its name and nothing else", async () => {
    const watcher = await nodes[0]!.device(bob, "phone");
    const first = await nodes[1]!.device(ada, "laptop");
    await first.socket.register({ token: ada, email: ada, device: "laptop", name: "new", type: "desktop" });
    await world.settle();
    expect(first.registered).toEqual([first.socket.id, first.socket.id]);
    expect(first.end).toBeNull();
    expect(watcher.news).toEqual([`joined ${ada} laptop`]);
    expect(await watcher.socket.check()).toMatchObject([{ name: "new", type: "desktop", socket: first.socket.id }]);
    watcher.send(ada, "laptop", "x");
    await world.settle();
    expect(first.got).toEqual(["x"]);
    await first.socket.leave();
    await world.settle();
    expect(watcher.news).toEqual([`joined ${ada} laptop`, `left ${ada} laptop`]);
    expect(nodes[1]!.devices.figures().devices).toBe(0);
  });

  test("that close while they register leave again", async () => {
    const watcher = await nodes[0]!.device(bob, "phone");
    const opened = nodes[1]!.open();
    const registering = opened.socket.register({ token: ada, email: ada, device: "x", name: null, type: null });
    opened.socket.lost();
    await registering;
    await world.clock.advance(3_000);
    expect(watcher.news).toEqual([`joined ${ada} x`, `left ${ada} x`]);
    expect(await watcher.online()).toEqual([]);
  });

  test("of one device that register at once on several nodes: one stays, and the device is there", async () => {
    const watcher = await nodes[0]!.device(bob, "phone");
    const racing = await Promise.all(Array.from({ length: 9 }, (_, n) => nodes[n % 3]!.device(ada, "x")));
    await world.clock.advance(5_000);
    const open = racing.filter(({ end }) => end === null);
    expect(open).toHaveLength(1);
    expect(racing.filter(({ end }) => end === "replaced")).toHaveLength(8);
    watcher.send(ada, "x", "hello");
    await world.settle();
    expect(open[0]!.got).toEqual(["hello"]);
    expect(watcher.news).toEqual([`joined ${ada} x`]);
  });
});
