import { beforeEach, describe, expect, test } from "bun:test";
import type { Homes } from "../../src/ports/homes.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes homes of a kind nobody has used; two calls give two that never see each other. */
export type MakeHomes = (clock: VirtualClock) => Homes;

/** Every sentence of the port's comment, run against one adapter. */
export function homesContract(adapter: string, make: MakeHomes): void {
  describe(`homes on ${adapter}`, () => {
    const TTL_MS = 30_000;
    let clock: VirtualClock;
    let homes: Homes;

    beforeEach(() => {
      clock = createVirtualClock();
      homes = make(clock);
    });

    test("the first to ask is the home, for all who ask later", async () => {
      expect(await homes.settle("r", "a", TTL_MS)).toBe("a");
      expect(await homes.settle("r", "b", TTL_MS)).toBe("a");
      expect(await homes.settle("r", "a", TTL_MS)).toBe("a");
      expect(await homes.find("r")).toBe("a");
    });

    test("of many who ask at once one is the home of all", async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, node) => homes.settle("r", `node-${node}`, TTL_MS)),
      );
      expect(new Set(answers).size).toBe(1);
      expect(await homes.find("r")).toBe(answers[0]!);
    });

    test("names and kinds have nothing to do with each other", async () => {
      await homes.settle("r", "a", TTL_MS);
      expect(await homes.settle("", "b", TTL_MS)).toBe("b");
      expect(await homes.settle("r}:{", "b", TTL_MS)).toBe("b");
      expect(await make(clock).settle("r", "c", TTL_MS)).toBe("c");
      expect(await homes.find("r")).toBe("a");
    });

    test("a name and a node are any text", async () => {
      const odd = "Zoë: {x}\n:1 \u0000";
      expect(await homes.settle(odd, odd, TTL_MS)).toBe(odd);
      expect(await homes.settle(odd, "b", TTL_MS)).toBe(odd);
      expect(await homes.renew([odd], odd, TTL_MS)).toEqual([]);
    });

    test("a home that is not renewed ends when its time is over, not before", async () => {
      await homes.settle("r", "a", TTL_MS);
      await clock.advance(TTL_MS - 1);
      expect(await homes.find("r")).toBe("a");
      expect(await homes.settle("r", "b", TTL_MS)).toBe("a");
      await clock.advance(1);
      expect(await homes.find("r")).toBeNull();
      expect(await homes.settle("r", "b", TTL_MS)).toBe("b");
    });

    test("the home that settles again prolongs itself; another that asks does not prolong it", async () => {
      await homes.settle("r", "a", TTL_MS);
      await clock.advance(TTL_MS - 1);
      await homes.settle("r", "a", TTL_MS);
      await clock.advance(TTL_MS - 1);
      await homes.settle("r", "b", TTL_MS);
      await clock.advance(1);
      expect(await homes.find("r")).toBeNull();
    });

    test("a dead node's home counts as none, anybody else's stands", async () => {
      await homes.settle("r", "a", TTL_MS);
      expect(await homes.settle("r", "b", TTL_MS, "c")).toBe("a");
      expect(await homes.settle("r", "b", TTL_MS, "a")).toBe("b");
      expect(await homes.settle("r", "c", TTL_MS, "a")).toBe("b");
    });

    test("of many who take over from a dead node one becomes the home", async () => {
      await homes.settle("r", "dead", TTL_MS);
      const answers = await Promise.all(["b", "c", "d"].map((node) => homes.settle("r", node, TTL_MS, "dead")));
      expect(new Set(answers).size).toBe(1);
    });

    test("renewing prolongs what is at the node and tells what is not", async () => {
      await homes.settle("mine", "a", TTL_MS);
      await homes.settle("taken", "b", TTL_MS);
      await clock.advance(TTL_MS - 1);
      expect(await homes.renew(["mine", "taken", "unknown"], "a", TTL_MS)).toEqual(["taken", "unknown"]);
      await clock.advance(TTL_MS - 1);
      expect(await homes.find("mine")).toBe("a");
      expect(await homes.find("taken")).toBeNull();
      expect(await homes.find("unknown")).toBeNull();
    });

    test("a home that has ended is not renewed", async () => {
      await homes.settle("r", "a", TTL_MS);
      await clock.advance(TTL_MS);
      expect(await homes.renew(["r"], "a", TTL_MS)).toEqual(["r"]);
      expect(await homes.find("r")).toBeNull();
    });

    test("many are renewed in one call, none is none", async () => {
      const names = Array.from({ length: 1_000 }, (_, at) => `r${at}`);
      await Promise.all(names.map((name) => homes.settle(name, "a", TTL_MS)));
      await homes.settle("r500", "b", TTL_MS, "a");
      expect(await homes.renew(names, "a", TTL_MS)).toEqual(["r500"]);
      expect(await homes.renew([], "a", TTL_MS)).toEqual([]);
    });

    test("only the home itself gives a home up", async () => {
      await homes.settle("r", "a", TTL_MS);
      await homes.release("r", "b");
      expect(await homes.find("r")).toBe("a");
      await homes.release("r", "a");
      expect(await homes.find("r")).toBeNull();
      await homes.release("r", "a");
      expect(await homes.settle("r", "b", TTL_MS)).toBe("b");
    });

    test("a missing name has no home", async () => {
      expect(await homes.find("r")).toBeNull();
    });
  });
}
