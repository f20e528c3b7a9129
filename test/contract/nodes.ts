import { beforeEach, describe, expect, test } from "bun:test";
import type { Nodes } from "../../src/ports/nodes.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes an empty cluster; two calls give two that never see each other. */
export type MakeNodes = (clock: VirtualClock) => Nodes;

/** Every sentence of the port's comment, run against one adapter. */
export function nodesContract(adapter: string, make: MakeNodes): void {
  describe(`nodes on ${adapter}`, () => {
    let clock: VirtualClock;
    let nodes: Nodes;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      nodes = make(clock);
    });

    const beat = (id: string, value = "") => nodes.beat({ id, value }, 6_000);
    const deadIds = async () => (await nodes.dead()).map(({ id }) => id).sort();
    const ids = async () => (await nodes.live()).map(({ id }) => id).sort();

    test("a node lives as long as its lease, to the millisecond, and says what it says of itself", async () => {
      await beat("a", '{"é":1}\n');
      await clock.advance(5_999);
      expect(await nodes.live()).toEqual([{ id: "a", value: '{"é":1}\n' }]);
      expect(await nodes.dead()).toEqual([]);
      await clock.advance(1);
      expect(await nodes.live()).toEqual([]);
      expect(await nodes.dead()).toEqual([{ id: "a", value: '{"é":1}\n' }]);
    });

    test("a beat prolongs the lease and replaces the value", async () => {
      await beat("a", "one");
      await clock.advance(4_000);
      await beat("a", "two");
      await clock.advance(4_000);
      expect(await nodes.live()).toEqual([{ id: "a", value: "two" }]);
    });

    test("a beat tells whether the node was live: not if it is new, was forgotten, or came too late", async () => {
      expect(await beat("a")).toEqual({ wasLive: false });
      expect(await beat("a")).toEqual({ wasLive: true });
      await clock.advance(6_000);
      expect(await beat("a")).toEqual({ wasLive: false });
      await clock.advance(6_000);
      await nodes.forget("a");
      expect(await beat("a")).toEqual({ wasLive: false });
    });

    test("a node that beats again before it was forgotten is not dead any more", async () => {
      await beat("a");
      await clock.advance(7_000);
      await beat("a");
      expect(await nodes.dead()).toEqual([]);
      expect(await ids()).toEqual(["a"]);
    });

    test("a dead node stays so until it is forgotten, by one of many", async () => {
      await beat("a");
      await beat("b");
      await clock.advance(3_600_000);
      await beat("b");
      expect(await deadIds()).toEqual(["a"]);
      const told = await Promise.all(Array.from({ length: 20 }, () => nodes.forget("a")));
      expect(told.filter(Boolean).length).toBe(1);
      expect(await nodes.dead()).toEqual([]);
      expect(await ids()).toEqual(["b"]);
    });

    test("what a dead node said is replaced by one of many who have read the same", async () => {
      await beat("a", "one two");
      await clock.advance(6_000);
      const told = await Promise.all(Array.from({ length: 20 }, () => nodes.amend("a", "one two", "two")));
      expect(told.filter(Boolean).length).toBe(1);
      expect(await nodes.dead()).toEqual([{ id: "a", value: "two" }]);
      expect(await nodes.amend("a", "one", "")).toBe(false);
      expect(await nodes.dead()).toEqual([{ id: "a", value: "two" }]);
      expect(await nodes.amend("a", "two", "")).toBe(true);
      expect(await nodes.dead()).toEqual([{ id: "a", value: "" }]);
    });

    test("nobody else replaces what a node says that lives, or that was never there", async () => {
      await beat("a", "one");
      expect(await nodes.amend("a", "one", "two")).toBe(false);
      expect(await nodes.amend("nobody", "", "two")).toBe(false);
      expect(await nodes.live()).toEqual([{ id: "a", value: "one" }]);
      await clock.advance(6_000);
      await nodes.amend("a", "one", "two");
      await beat("a", "three");
      expect(await nodes.live()).toEqual([{ id: "a", value: "three" }]);
    });

    test("a node that lives is not forgotten, and neither is one that was never there", async () => {
      await beat("a");
      expect(await nodes.forget("a")).toBe(false);
      expect(await nodes.forget("nobody")).toBe(false);
      expect(await ids()).toEqual(["a"]);
    });

    test("of a node that left nothing stays", async () => {
      await beat("a");
      await beat("b");
      await nodes.leave("a");
      await nodes.leave("nobody");
      expect(await ids()).toEqual(["b"]);
      await clock.advance(6_000);
      expect(await deadIds()).toEqual(["b"]);
    });

    test("clusters never see each other", async () => {
      const other = make(clock);
      await beat("a");
      expect(await other.live()).toEqual([]);
      expect(await other.beat({ id: "a", value: "" }, 6_000)).toEqual({ wasLive: false });
    });
  });
}
