import { expect, test } from "bun:test";
import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryStreams } from "../../src/adapters/memory/streams.ts";
import { UNDER_WAY_MS } from "../../src/adapters/redis/streams/follower.ts";
import { createRedisStreams } from "../../src/adapters/redis/streams/streams.ts";
import type { Bus } from "../../src/ports/bus.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import type { Item } from "../../src/ports/streams.ts";
import { eventually } from "../support/eventually.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { streamsContract } from "./streams.ts";

streamsContract("memory", (clock) => {
  const streams = createMemoryStreams(clock);
  return [streams, streams];
});

const OPTIONS = { ttlMs: 60_000, bounds: { count: 100, bytes: 10_000 } };
const frame = (number: number): Item => ({
  kind: "frame",
  content: `${number}`,
  remains: "latest",
  after: { key: "frame", number },
});
const kept = (content: string): Item => ({ kind: "kept", content, remains: "kept" });

let made = 0;
forEachRedis((adapter, makeCalls, redis) => {
  streamsContract(adapter, (clock) => {
    const [bus, name] = [createMemoryBus(), `stream-${made++}`];
    const node = () => createRedisStreams({ calls: makeCalls(), bus, timers: clock, clock, name });
    return [node(), node()];
  });

  /** Two nodes whose bus does what it is told with each message. */
  const nodes = () => {
    const clock = createVirtualClock();
    const bus = createMemoryBus();
    const state = {
      carry: (deliver: () => void): void => deliver(),
      gap: (): void => undefined,
    };
    const faulty: Bus = {
      ...bus,
      async publish(channel, message) {
        state.carry(() => void bus.publish(channel, message));
        return null;
      },
      onGap(tell) {
        state.gap = tell;
        return () => undefined;
      },
    };
    const name = `stream-${made++}`;
    const node = () => createRedisStreams({ calls: makeCalls(), bus: faulty, timers: clock, clock, name });
    return { clock, state, one: node(), other: node(), name };
  };
  const following = async ({ other }: ReturnType<typeof nodes>) => {
    const heard: string[] = [];
    const end = await other.follow("s", ({ items }) => heard.push(items.map(({ content }) => content).join(" ")));
    return { heard, end };
  };

  /** Lets the store, which answers in its own time, keep up with the clock. */
  const comes = ({ clock }: ReturnType<typeof nodes>, check: () => boolean) =>
    eventually("it has come", async () => {
      await clock.advance(UNDER_WAY_MS / 4);
      return check();
    });

  test("messages that cross are put in order again", async () => {
    const all = nodes();
    const { heard } = await following(all);
    const crossed: (() => void)[] = [];
    all.state.carry = (deliver) => void crossed.push(deliver);
    for (let number = 0; number < 4; number++) await all.one.append("s", [frame(number)], OPTIONS);
    for (const deliver of crossed.reverse()) deliver();
    await eventually("all have come", () => heard.length === 4);
    expect(heard).toEqual(["0", "1", "2", "3"]);
  });

  test("what was lost comes as what remains of it, once that is clear", async () => {
    const all = nodes();
    const { heard } = await following(all);
    await all.one.append("s", [frame(0)], OPTIONS);
    all.state.carry = () => undefined;
    await all.one.append("s", [frame(1), kept("a"), frame(2)], OPTIONS);
    await all.one.append("s", [frame(3)], OPTIONS);
    all.state.carry = (deliver) => deliver();
    await all.one.append("s", [frame(4)], OPTIONS);
    // What was asked of the store before this has been answered after it.
    await all.other.head("s");
    await all.one.append("s", [frame(5)], OPTIONS);
    expect(heard).toEqual(["0"]);
    await comes(all, () => heard.length > 1);
    await all.one.append("s", [frame(6)], OPTIONS);
    expect(heard).toEqual(["0", "a 4", "5", "6"]);
  });

  test("what is still under way when it is looked for comes nevertheless, and once", async () => {
    const all = nodes();
    const { heard, end } = await following(all);
    const underWay: (() => void)[] = [];
    all.state.carry = (deliver) => void underWay.push(deliver);
    for (const number of [1, 2]) await all.one.append("s", [frame(number)], OPTIONS);
    await all.clock.advance(5_000);
    // What was asked of the store before this has been answered after it.
    await all.other.head("s");
    for (const deliver of underWay.splice(0)) deliver();
    await all.one.append("s", [frame(3)], OPTIONS);
    await all.clock.advance(UNDER_WAY_MS - 1);
    for (const deliver of underWay.splice(0)) deliver();
    await all.clock.advance(UNDER_WAY_MS);
    expect(heard).toEqual(["1", "2", "3"]);
    end();
  });

  test("what nobody told of is found by looking, after a gap at once", async () => {
    const all = nodes();
    const { heard, end } = await following(all);
    all.state.carry = () => undefined;
    await all.one.append("s", [kept("a")], OPTIONS);
    await all.clock.advance(5_000);
    await comes(all, () => heard.length === 1);
    await all.one.append("s", [kept("b"), frame(1)], OPTIONS);
    all.state.gap();
    await comes(all, () => heard.length === 2);
    await all.clock.advance(5_000);
    expect(heard).toEqual(["a", "b 1"]);
    end();
  });

  test("who follows a stream that the store has lost goes on with the next one", async () => {
    const all = nodes();
    await all.one.append("s", [frame(7)], OPTIONS);
    const { heard } = await following(all);
    const keys = ["state", "kept", "latest"].map((what) => `rendezvous:{${all.name}:s}:${what}`);
    for (const key of keys) await redis().connection.del(key);
    await all.clock.advance(1);
    await all.one.append("s", [frame(1)], OPTIONS);
    await all.one.append("s", [frame(2)], OPTIONS);
    await eventually("both have come", () => heard.length === 3);
    expect(heard).toEqual(["7", "1", "2"]);
  });

  test("leaves no key that does not end by itself", async () => {
    const all = nodes();
    await all.one.append("s", [frame(7), kept("a")], OPTIONS);
    for (const what of ["state", "kept", "latest"]) {
      expect(await redis().connection.pttl(`rendezvous:{${all.name}:s}:${what}`)).toBeWithin(100_000, 120_001);
    }
  });

  test("a subscription that does not come into force is given up", async () => {
    const clock = createVirtualClock();
    const never: Bus = {
      ...createMemoryBus(),
      subscribe: () => ({ inForce: new Promise(() => undefined), end: () => undefined }),
    };
    const streams = createRedisStreams({ calls: makeCalls(), bus: never, timers: clock, clock });
    const outcome = streams.follow("s", () => undefined).catch((error: unknown) => error);
    await eventually("it is given up", async () => {
      await clock.advance(1_000);
      return (await Promise.race([outcome, Promise.resolve(null)])) instanceof StoreUnavailable;
    });
  });
});
