import { expect, test } from "bun:test";
import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import { createMemoryMailboxes } from "../../src/adapters/memory/mailboxes.ts";
import { createRedisMailboxes } from "../../src/adapters/redis/mailboxes/mailboxes.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Bounds, Draft, Tidings } from "../../src/ports/mailboxes.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { forEachRedis } from "../support/redis-adapters.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";
import { eventually } from "../support/eventually.ts";
import { mailboxesContract } from "./mailboxes.ts";

mailboxesContract("memory", (clock) => createMemoryMailboxes(clock), { sweeps: true });

const BOUNDS: Bounds = {
  mailbox: { count: 5_000, bytes: 1_000_000 },
  sender: { count: 5_000, bytes: 1_000_000 },
};
const draft = (mailbox: string, more: Partial<Draft> = {}): Draft => ({
  mailbox,
  kind: "offer",
  from: "a",
  to: null,
  content: "x",
  ttlMs: 1_000,
  supersedes: [],
  ...more,
});

let made = 0;
forEachRedis((adapter, makeCalls, redis) => {
  const name = (): string => `mail-${made++}`;
  mailboxesContract(
    adapter,
    (clock) => createRedisMailboxes({ calls: makeCalls(), bus: createMemoryBus(), timers: clock, clock, name: name() }),
    { sweeps: false },
  );

  test("counts by redis' own clock, and leaves no key that does not end by itself", async () => {
    const uses = name();
    const mailboxes = createRedisMailboxes({
      calls: makeCalls(),
      bus: createMemoryBus(),
      timers: systemClock,
      name: uses,
    });
    const outcome = await mailboxes.post(draft("m", { to: "b", supersedes: ["offer"] }), BOUNDS);
    const { cursor } = outcome as { cursor: number };
    expect(Math.abs(cursor / 1000 - Date.now())).toBeLessThan(10_000);
    const keys = async () => {
      const found = [];
      const masters =
        "nodes" in redis().connection ? (redis().connection as any).nodes("master") : [redis().connection];
      for (const master of masters) found.push(...(await master.keys(`*{${uses}:*`)));
      return found as string[];
    };
    expect((await keys()).length).toBeGreaterThan(4);
    for (const key of await keys()) expect(await redis().connection.pttl(key)).toBeWithin(30_000, 61_001);
    await mailboxes.drop("m");
    for (const key of await keys()) expect(await redis().connection.pttl(key)).toBeWithin(30_000, 61_001);
    expect(await mailboxes.read("m", {}, 0, 9)).toEqual([]);
  });

  test("more mail than one step clears up runs out, and none of it is seen or counted", async () => {
    const clock = createVirtualClock();
    const mailboxes = createRedisMailboxes({
      calls: makeCalls(),
      bus: createMemoryBus(),
      timers: clock,
      clock,
      name: name(),
    });
    const tight: Bounds = { ...BOUNDS, sender: { count: 1_200, bytes: 1_000_000 } };
    await Promise.all(Array.from({ length: 1_200 }, () => mailboxes.post(draft("m"), tight)));
    expect(await mailboxes.post(draft("m"), tight)).toEqual({ full: "sender" });
    expect((await mailboxes.read("m", {}, 0, 2_000)).length).toBe(1_200);
    await clock.advance(1_000);
    expect(await mailboxes.newest("m", {})).toBeNull();
    expect(await mailboxes.post(draft("m"), tight)).toHaveProperty("cursor");
  });

  /** Two nodes; what is published is lost while `isDeaf`. */
  const twoNodes = (clock: VirtualClock) => {
    const state = { isDeaf: false, gap: (): void => undefined };
    const bus = createMemoryBus();
    const lossy: Bus = {
      ...bus,
      publish: async (channel, message) => (state.isDeaf ? 0 : bus.publish(channel, message)),
      onGap: (tell) => {
        state.gap = tell;
        return () => undefined;
      },
    };
    const uses = name();
    const node = () => createRedisMailboxes({ calls: makeCalls(), bus: lossy, timers: clock, clock, name: uses });
    return { state, one: node(), other: node() };
  };

  test("a post that nobody could tell of is found by looking, and so is a drop", async () => {
    const clock = createVirtualClock();
    const { state, one, other } = twoNodes(clock);
    await one.post(draft("m"), BOUNDS);
    const told: Tidings[] = [];
    const end = await other.watch("m", { reader: "b" }, (what) => told.push(what));
    await clock.advance(5_000);
    expect(await other.read("m", {}, 0, 9)).toEqual([]);
    expect(told).toEqual([]);
    state.isDeaf = true;
    await one.post(draft("m"), BOUNDS);
    await clock.advance(5_000);
    await eventually("the watcher is told of the post", () => told.length === 1);
    await one.drop("m");
    await clock.advance(5_000);
    await eventually("the watcher is told of the drop", () => told.length === 2);
    await clock.advance(5_000);
    expect(told).toEqual(["posted", "dropped"]);
    end();
  });

  test("after a gap of the bus it is looked at once", async () => {
    const clock = createVirtualClock();
    const { state, one, other } = twoNodes(clock);
    const told: Tidings[] = [];
    await other.watch("m", {}, (what) => told.push(what));
    state.isDeaf = true;
    await one.post(draft("m"), BOUNDS);
    state.gap();
    await eventually("the watcher is told", () => told.length === 1);
  });

  test("a watch whose subscription does not come into force is given up", async () => {
    const clock = createVirtualClock();
    const never: Bus = {
      ...createMemoryBus(),
      subscribe: () => ({ inForce: new Promise(() => undefined), end: () => undefined }),
    };
    const mailboxes = createRedisMailboxes({ calls: makeCalls(), bus: never, timers: clock, clock, name: name() });
    const outcome = mailboxes.watch("m", {}, () => undefined).catch((error: unknown) => error);
    await eventually("it is given up", async () => {
      await clock.advance(1_000);
      return (await Promise.race([outcome, Promise.resolve(null)])) instanceof StoreUnavailable;
    });
  });
});
