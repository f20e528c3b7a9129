import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import fc from "fast-check";
import {
  createDeviceWorld,
  startDeviceNodes,
  type DeviceNode,
  type DeviceWorld,
  type TestDevice,
} from "../../../test/support/device-world.ts";
import { NodeUnreachable } from "../cluster/courier.ts";

const [ada, bob] = ["ada@example.com", "bob@example.com"];

let world: DeviceWorld;
let nodes: DeviceNode[];

beforeEach(async () => {
  ({ world, nodes } = await startDeviceNodes([ada, bob]));
});

afterEach(() => expect(world.failures).toEqual([]));

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

describe("messages to a device on another node", () => {
  test("arrive in their order, whatever of them is under way", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    for (const n of numbers(300)) {
      first.send(bob, "phone", n);
      if (Number(n) % 7 === 0) await Promise.resolve();
    }
    await world.settle();
    expect(second.got).toEqual(numbers(300));
  });

  test("are looked up once, and again when the device has moved", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    first.send(bob, "phone", "0");
    await world.settle();
    const { lookups } = world.state;
    for (const n of numbers(50)) {
      first.send(bob, "phone", n);
      await world.settle();
    }
    expect(world.state.lookups).toBe(lookups);
    const moved = await nodes[2]!.device(bob, "phone");
    await world.settle();
    first.send(bob, "phone", "moved");
    await world.settle();
    expect(moved.got).toEqual(["moved"]);
    expect(second.got).toHaveLength(51);
    const home = await nodes[0]!.device(bob, "phone");
    await world.settle();
    first.send(bob, "phone", "home");
    expect(home.got).toEqual(["home"]);
    expect(first.refused).toEqual([]);
  });

  test("are looked up a second after the device took the last one, and every three seconds while it takes them", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    const lookupsOf = async (text: string): Promise<number> => {
      const { lookups } = world.state;
      first.send(bob, "phone", text);
      await world.settle();
      expect(second.got.at(-1)).toBe(text);
      return world.state.lookups - lookups;
    };
    await lookupsOf("first");
    const found: number[] = [];
    for (const n of numbers(8)) {
      await world.clock.advance(990);
      found.push(await lookupsOf(n));
    }
    expect(found).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
    await world.clock.advance(1_000);
    expect(await lookupsOf("last")).toBe(1);
  });

  test("reach the newer socket of a device within three seconds, also if its former node never hears of that", async () => {
    const [first, former] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    first.send(bob, "phone", "first");
    await world.settle();
    const { courier } = nodes[2]!;
    const ask = spyOn(courier, "ask").mockImplementation(async (node) => {
      throw new NodeUnreachable(node);
    });
    const newer = await nodes[2]!.device(bob, "phone");
    for (const n of numbers(10)) {
      first.send(bob, "phone", n);
      await world.settle();
      await world.clock.advance(500);
    }
    expect([...former.got, ...newer.got]).toEqual(["first", ...numbers(10)]);
    expect(newer.got.length).toBeGreaterThanOrEqual(4);
    expect(first.refused).toEqual([]);
    expect(ask).toHaveBeenCalled();
  });

  test("keep their characters, and their number of them", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    const odd = ["", "\n", "ä✓😀", '{"a":1.0}\n', "\u0000\\"];
    for (const text of odd) first.send(bob, "phone", text);
    await world.settle();
    expect(second.got).toEqual(odd);
  });

  test("do not wait for a target that is slow to be found", async () => {
    world.people.befriend(ada, "slow@example.com");
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    let release = (): void => undefined;
    world.state.slow = async (groups) => {
      if (groups.includes("slow@example.com")) await new Promise<void>((go) => (release = go));
    };
    first.send("slow@example.com", "x", "one");
    first.send(bob, "phone", "two");
    await world.settle();
    expect(second.got).toEqual(["two"]);
    expect(first.refused).toEqual([]);
    release();
    await world.settle();
    expect(first.refused).toEqual([{ to: { email: "slow@example.com", device: "x" }, why: "not_found" }]);
  });

  test("are refused within five seconds if nobody can say where the target is, and never delivered after", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    const release: (() => void)[] = [];
    world.state.slow = () => new Promise<void>((go) => release.push(go));
    first.send(bob, "phone", "one");
    await world.clock.advance(2_000);
    first.send(bob, "phone", "two");
    await world.clock.advance(2_900);
    expect(first.refused).toHaveLength(1);
    world.state.slow = null;
    for (const go of release) go();
    await world.settle();
    expect(second.got).toEqual(["two"]);
    expect(first.refused).toHaveLength(1);
  });

  test("that are more than may wait close the sender's socket, and what was taken is not lost", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    for (let n = 0; n < 3_000 && first.end === null; n++) first.send(bob, "phone", `${n}`);
    expect(first.end).toBe("backlog");
    await world.settle();
    expect(second.got).toEqual(numbers(2_048));
  });

  test("that were sent right before goodbye arrive", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    first.send(bob, "phone", "bye");
    await first.socket.leave();
    await world.settle();
    expect(second.got).toEqual(["bye"]);
  });

  test("arrive where the device is now, whatever became of the node it was on", async () => {
    const [first] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    first.send(bob, "phone", "one");
    await world.settle();
    nodes[1]!.stop();
    const moved = await nodes[2]!.device(bob, "phone");
    await world.clock.advance(1_000);
    first.send(bob, "phone", "two");
    await world.settle();
    expect(moved.got).toEqual(["two"]);
    expect(first.refused).toEqual([]);
  });

  test("are refused, and their sender goes on, when others have filled the whole node", async () => {
    const crowd = Array.from({ length: 70 }, (_, n) => `user${n}@example.com`);
    for (const email of crowd) world.people.befriend(email, "slow@example.com", true);
    const first = await nodes[0]!.device(ada, "laptop");
    await nodes[1]!.device(bob, "phone");
    await world.settle();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.state.slow = async (emails) => {
      if (emails[0] === "slow@example.com") await promise;
    };
    const text = "x".repeat(64 * 1024 - 100);
    const senders = await Promise.all(crowd.map((email) => nodes[0]!.device(email, "phone")));
    for (const sender of senders) for (let n = 0; n < 16; n++) sender.send("slow@example.com", "x", text);
    expect(senders.filter(({ end }) => end !== null)).toEqual([]);
    first.send(bob, "phone", text);
    await world.settle();
    expect([first.end, first.refused.map(({ why }) => why)]).toEqual([null, ["unavailable"]]);
    resolve();
    await world.settle();
    first.send(bob, "phone", "now");
    await world.settle();
    expect(first.refused).toHaveLength(1);
  });

  test("say within five seconds that a node was killed, and go on where the device comes back", async () => {
    const [first, second] = [await nodes[0]!.device(ada, "laptop"), await nodes[1]!.device(bob, "phone")];
    first.send(bob, "phone", "one");
    await world.settle();
    nodes[1]!.kill();
    first.send(bob, "phone", "two");
    await world.clock.advance(5_000);
    expect(first.refused).toHaveLength(1);
    const back = await nodes[2]!.device(bob, "phone");
    await world.settle();
    first.send(bob, "phone", "three");
    await world.settle();
    expect(back.got).toEqual(["three"]);
    expect(second.got).toEqual(["one"]);
  });
});

describe("200 devices that send at random", () => {
  const people = Array.from({ length: 40 }, (_, n) => `user${n}@example.com`);
  const action = fc.record({
    from: fc.nat(199),
    to: fc.nat(219),
    by: fc.constantFrom("device" as const, "socket" as const),
    burst: fc.integer({ min: 1, max: 6 }),
    next: fc.constantFrom("go on" as const, "go on" as const, "wait" as const, "move" as const, "lose" as const),
  });

  test("each message arrives once and in order at its receiver, or is refused once; never both", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 50, maxLength: 150, size: "max" }), async (actions) => {
        const world = createDeviceWorld();
        const nodes = ["a", "b", "c"].map((id) => world.join(id));
        for (const node of nodes) await node.start();
        // Everybody knows the five next to them.
        people.forEach((email, n) => {
          for (let step = 1; step <= 5; step++) world.people.befriend(email, people[(n + step) % 40]!, true);
        });
        const nameOf = (n: number): [string, string] => [people[n % 40]!, `device${Math.floor(n / 40)}`];
        const devices: TestDevice[] = [];
        for (let n = 0; n < 200; n++) devices.push(await nodes[n % 3]!.device(...nameOf(n)));
        const everybody = [...devices];
        const sent: { readonly text: string; readonly pair: string }[] = [];
        const sockets = new Map<string, number>();

        for (const { from, to, by, burst, next } of actions) {
          const sender = devices[from]!;
          const senderNumber = sockets.get(sender.socket.id) ?? sockets.size;
          sockets.set(sender.socket.id, senderNumber);
          const [email, device] = nameOf(to);
          const target = by === "socket" && to < 200 ? devices[to]!.socket.id : device;
          for (let n = 0; n < burst; n++) {
            const pair = `${senderNumber} ${email} ${target}`;
            sent.push({ pair, text: `${pair} ${sent.length}` });
            sender.send(email, target, sent.at(-1)!.text);
          }
          if (next === "wait") await world.clock.advance(5);
          if (next === "move" || next === "lose") {
            const moving = to % 200;
            if (next === "lose") devices[moving]!.socket.lost();
            devices[moving] = await nodes[(from + to) % 3]!.device(...nameOf(moving));
            everybody.push(devices[moving]);
          }
        }
        await world.clock.advance(6_000);

        const got = everybody.flatMap((one) => one.got);
        const refused = new Map<string, number>();
        for (const one of everybody) {
          const number = sockets.get(one.socket.id);
          for (const { to } of one.refused) {
            const pair = `${number} ${to.email} ${to.device}`;
            refused.set(pair, (refused.get(pair) ?? 0) + 1);
          }
        }
        expect(new Set(got).size).toBe(got.length);
        for (const [pair, all] of Map.groupBy(sent, (one) => one.pair)) {
          const arrived = new Set(got);
          const count = all.filter(({ text }) => arrived.has(text)).length;
          expect([pair, count + (refused.get(pair) ?? 0)]).toEqual([pair, all.length]);
        }
        for (const one of everybody) {
          for (const texts of Map.groupBy(one.got, (text) => text.slice(0, text.lastIndexOf(" "))).values()) {
            const order = texts.map((text) => Number(text.slice(text.lastIndexOf(" ") + 1)));
            expect(order).toEqual(order.toSorted((a, b) => a - b));
          }
        }
        expect(world.failures).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
