import { beforeEach, describe, expect, test } from "bun:test";
import { createLossyBus, type LossyBus } from "../../../test/support/lossy-bus.ts";
import { createStoppableClock, type StoppableClock } from "../../../test/support/stoppable-clock.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { DomainError } from "../errors/errors.ts";
import { createBusCourier, type BusCourier } from "./bus-courier.ts";
import { ASK_MS, NodeFailed, NodeOverloaded, NodeUnreachable } from "./courier.ts";

describe("a courier over a bus", () => {
  let clock: VirtualClock;
  let bus: LossyBus;
  let failures: unknown[];
  let isLive: (node: string) => boolean;

  beforeEach(() => {
    clock = createVirtualClock();
    bus = createLossyBus(clock);
    failures = [];
    isLive = () => true;
  });

  const join = (node: string, own: StoppableClock | VirtualClock = clock): BusCourier & { end(): void } => {
    const failed = (error: unknown): void => void failures.push(error);
    const courier = createBusCourier({ node, bus, clock: own, failed, isLive: (id) => isLive(id) });
    const subscription = courier.start();
    return Object.assign(courier, { end: () => subscription.end() });
  };
  /** A node that writes down what it hears under `say` and answers it in capitals. */
  const scribe = (node: string, own?: StoppableClock): { heard: string[]; courier: BusCourier } => {
    const courier = join(node, own);
    const heard: string[] = [];
    courier.serve("say", (body) => {
      heard.push(body);
      return body.toUpperCase();
    });
    return { heard, courier };
  };
  const to = (node: string): number => bus.published.filter(({ channel }) => channel === `node:${node}`).length;
  const outcome = (asked: Promise<string>): Promise<unknown> => asked.catch((error: unknown) => error);

  test("brings the answer of another node, whatever text it is", async () => {
    const a = join("a");
    const b = join("b");
    b.serve("echo", async (body, from) => `${from}: ${body}`);
    const odd = 'A 1 2\n"\\\u0000é✓😀\nR 1 1\n';
    expect(await a.ask("b", "echo", odd)).toBe(`a: ${odd}`);
    expect(await a.ask("b", "echo", "")).toBe("a: ");
  });

  test("asks itself without the bus, in order, and not within the call", async () => {
    const { heard, courier } = scribe("a");
    const asked = [courier.ask("a", "say", "one"), courier.ask("a", "say", "two")];
    expect(heard).toEqual([]);
    expect(await Promise.all(asked)).toEqual(["ONE", "TWO"]);
    expect(heard).toEqual(["one", "two"]);
    expect(bus.published).toEqual([]);
  });

  test("what is asked in one turn goes as one publish, and so do the answers", async () => {
    const { courier: a } = scribe("a");
    const { heard } = scribe("b");
    const bodies = Array.from({ length: 500 }, (_, at) => `m${at}`);
    expect(await Promise.all(bodies.map((body) => a.ask("b", "say", body)))).toHaveLength(500);
    expect(heard).toEqual(bodies);
    expect([to("b"), to("a")]).toEqual([1, 1]);
  });

  test.each([
    ["itself", "a"],
    ["another node", "b"],
  ])("a refusal of %s keeps its code and its text", async (_, node) => {
    const a = join("a");
    const served = node === "a" ? a : join("b");
    served.serve("refuse", () => {
      throw new DomainError("room_full", "The room is full: 2 of 2.");
    });
    served.serve("storeless", async () => {
      throw new StoreUnavailable(new Error("no answer"));
    });
    served.serve("break", async () => {
      throw new Error("a secret of the node");
    });
    expect(await outcome(a.ask(node, "refuse", ""))).toMatchObject({
      name: "DomainError",
      code: "room_full",
      message: "The room is full: 2 of 2.",
    });
    expect(await outcome(a.ask(node, "storeless", ""))).toBeInstanceOf(StoreUnavailable);
    expect(failures).toEqual([]);
    expect(await outcome(a.ask(node, "break", ""))).toEqual(new NodeFailed(node));
    expect(await outcome(a.ask(node, "unknown", ""))).toEqual(new NodeFailed(node));
    expect(failures.map(String)).toEqual(["Error: a secret of the node", "Error: nobody serves unknown"]);
  });

  test("a node that nobody knows is unreachable at once", async () => {
    isLive = () => false;
    const a = join("a");
    expect(await outcome(a.ask("nowhere", "say", ""))).toBeInstanceOf(NodeUnreachable);
  });

  test("a node that lives but hears nothing yet is asked again until it does", async () => {
    const a = join("a");
    const asked = a.ask("b", "say", "early");
    await clock.advance(1_000);
    const { heard } = scribe("b");
    await clock.advance(1_000);
    expect(await asked).toBe("EARLY");
    expect(heard).toEqual(["early"]);
  });

  test("without an answer in time it fails, and what is asked later does not wait behind it", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [];
    const lost = outcome(a.ask("b", "say", "lost"));
    await clock.advance(ASK_MS - 1);
    expect(await Promise.race([lost, Promise.resolve("open")])).toBe("open");
    await clock.advance(1);
    expect(await lost).toEqual(new NodeUnreachable("b"));
    bus.fate = null;
    expect(await a.ask("b", "say", "next")).toBe("NEXT");
    expect(heard).toEqual(["next"]);
  });

  test.each([["itself", "a"] as const, ["another node", "b"] as const])(
    "a question to %s ends in time though its handler never does",
    async (_, node) => {
      const a = join("a");
      const served = node === "a" ? a : join("b");
      served.serve("hang", () => new Promise(() => undefined));
      const asked = outcome(a.ask(node, "hang", "", 700));
      await clock.advance(699);
      expect(await Promise.race([asked, Promise.resolve("open")])).toBe("open");
      await clock.advance(1);
      expect(await asked).toEqual(new NodeUnreachable(node));
    },
  );

  test("a slow answer holds no other up, and its question is not heard again", async () => {
    const a = join("a");
    const { heard, courier: b } = scribe("b");
    let calls = 0;
    let answer = (_: string): void => undefined;
    b.serve("slow", () => {
      calls++;
      return new Promise((resolve) => (answer = resolve));
    });
    const slow = a.ask("b", "slow", "x".repeat(10_000), 30_000);
    expect(await a.ask("b", "say", "quick")).toBe("QUICK");
    await clock.advance(20_000);
    expect(await a.ask("b", "say", "later")).toBe("LATER");
    answer("at last");
    expect(await slow).toBe("at last");
    expect(calls).toBe(1);
    expect(heard).toEqual(["quick", "later"]);
    expect(bus.published.filter(({ message }) => message.length > 10_000)).toHaveLength(1);
  });

  test("a node that is slow gets no question twice for being slow", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [1_500];
    const asked = Promise.all(["one", "two"].map((body) => a.ask("b", "say", body)));
    await clock.advance(3_900);
    expect(await asked).toEqual(["ONE", "TWO"]);
    expect(heard).toEqual(["one", "two"]);
    expect(bus.published.filter(({ message }) => message.includes("sayone"))).toHaveLength(1);
  });

  test("one that was given up holds up nobody, though one before it still waits", async () => {
    const a = join("a");
    const { heard, courier: b } = scribe("b");
    b.serve("hang", () => new Promise(() => undefined));
    void outcome(a.ask("b", "hang", "", 30_000));
    await clock.advance(1);
    bus.fate = () => [];
    const lost = outcome(a.ask("b", "say", "lost", 100));
    await clock.advance(100);
    expect(await lost).toEqual(new NodeUnreachable("b"));
    bus.fate = null;
    expect(await a.ask("b", "say", "next")).toBe("NEXT");
    expect(heard).toEqual(["next"]);
  });

  test("what gets lost is sent again, in order, and heard once", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [];
    const first = a.ask("b", "say", "one");
    await clock.advance(10);
    bus.fate = null;
    const second = a.ask("b", "say", "two");
    // Which b notices: the second came without the first.
    expect(await Promise.all([first, second])).toEqual(["ONE", "TWO"]);
    expect(heard).toEqual(["one", "two"]);
  });

  test("a lost answer is given again without hearing the question again", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = (channel) => (channel === "node:a" ? [] : [0]);
    const asked = a.ask("b", "say", "one");
    await clock.advance(600);
    bus.fate = null;
    await clock.advance(1_000);
    expect(await asked).toBe("ONE");
    expect(heard).toEqual(["one"]);
  });

  test("after a gap in the bus everything open is sent again at once", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [];
    const asked = a.ask("b", "say", "one");
    await clock.advance(1);
    bus.fate = null;
    bus.gap();
    expect(await asked).toBe("ONE");
    expect(heard).toEqual(["one"]);
  });

  test("while the store is away it refuses at once; what was open before is answered when it is back", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [];
    const open = a.ask("b", "say", "open");
    await clock.advance(1);
    bus.fate = null;
    bus.isAway = true;
    expect(await outcome(a.ask("b", "say", "refused"))).toBeInstanceOf(StoreUnavailable);
    await clock.advance(2_000);
    bus.isAway = false;
    await clock.advance(1_000);
    expect(await open).toBe("OPEN");
    expect(await a.ask("b", "say", "after")).toBe("AFTER");
    expect(heard).toEqual(["open", "after"]);
    expect(failures).toEqual([]);
  });

  test("refuses at once what would be too much, and takes more when there is room", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    bus.fate = () => [];
    const open = Array.from({ length: 10_000 }, () => outcome(a.ask("b", "say", "")));
    expect(await outcome(a.ask("b", "say", ""))).toBeInstanceOf(NodeOverloaded);
    expect(await outcome(a.ask("c", "say", "x".repeat(9_000_000)))).toBeInstanceOf(NodeOverloaded);
    await clock.advance(ASK_MS);
    for (const one of await Promise.all(open)) expect(one).toBeInstanceOf(NodeUnreachable);
    bus.fate = null;
    expect(await a.ask("b", "say", "room")).toBe("ROOM");
    expect(heard).toEqual(["room"]);
  });

  test("a node that has slept hears nothing of what was asked of it meanwhile, and then goes on", async () => {
    const a = join("a");
    const own = createStoppableClock(clock);
    const { heard } = scribe("b", own);
    expect(await a.ask("b", "say", "before")).toBe("BEFORE");

    own.stop();
    const buffered: string[] = [];
    bus.fate = (channel, message) => {
      if (channel === "node:b") buffered.push(message);
      return [];
    };
    const stale = outcome(a.ask("b", "say", "stale"));
    await clock.advance(40_000);
    expect(await stale).toBeInstanceOf(NodeUnreachable);

    own.goOn();
    // Its connection hands it what lay there, then the mark that it sent to itself.
    const marks = buffered.splice(0).filter((message) => message.startsWith("1 b\n"));
    bus.fate = null;
    for (const message of buffered) await bus.publish("node:b", message);
    expect(heard).toEqual(["before"]);
    expect(marks.length).toBeGreaterThan(0);
    for (const mark of marks) await bus.publish("node:b", mark);
    expect(await a.ask("b", "say", "after")).toBe("AFTER");
    expect(heard).toEqual(["before", "after"]);
  });

  test("a node that comes again under the same name is heard anew", async () => {
    const { heard } = scribe("b");
    const first = join("a");
    await first.ask("b", "say", "one");
    first.end();
    await clock.advance(1);
    expect(await join("a").ask("b", "say", "two")).toBe("TWO");
    expect(heard).toEqual(["one", "two"]);
  });

  test("tells those who wait for a node that has died", async () => {
    const a = join("a");
    join("b").serve("hang", () => new Promise(() => undefined));
    const asked = outcome(a.ask("b", "hang", "", 60_000));
    await clock.advance(1);
    a.gone("b");
    a.gone("unknown");
    expect(await asked).toEqual(new NodeUnreachable("b"));
  });

  test("tells those who wait when it ends", async () => {
    const a = join("a");
    join("b").serve("hang", () => new Promise(() => undefined));
    const asked = outcome(a.ask("b", "hang", ""));
    await clock.advance(1);
    a.end();
    expect(await asked).toBeInstanceOf(NodeUnreachable);
  });

  test("what is no parcel is reported and changes nothing", async () => {
    const a = join("a");
    const { heard } = scribe("b");
    for (const message of [
      "",
      "{}",
      "2 a\n",
      "1 a\nL 1",
      "1 a\nL 1 1\nA 1 5 3 999\nsay",
      "1 a\nA x y\n",
      "1 a\nZ 1\n",
    ]) {
      await bus.publish("node:b", message);
    }
    expect(failures).toHaveLength(7);
    expect(await a.ask("b", "say", "one")).toBe("ONE");
    expect(heard).toEqual(["one"]);
  });
});
