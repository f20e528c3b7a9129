import { describe, expect, test } from "bun:test";
import type { Handovers } from "../../src/ports/handovers.ts";

/** `pass` lets that many ms go by for the adapter. */
export function handoversContract(
  adapter: string,
  make: () => { readonly handovers: Handovers; pass(ms: number): Promise<void> },
): void {
  describe(`handovers (${adapter})`, () => {
    test("a value is collected once, and what was never left is not there", async () => {
      const { handovers } = make();
      await handovers.leave("a", "value ü", 60_000);
      expect(await handovers.collect("b")).toBeNull();
      expect(await handovers.collect("a")).toBe("value ü");
      expect(await handovers.collect("a")).toBeNull();
    });

    test("of many who collect at once one gets it", async () => {
      const { handovers } = make();
      await handovers.leave("a", "value", 60_000);
      const all = await Promise.all(Array.from({ length: 50 }, () => handovers.collect("a")));
      expect(all.filter((value) => value !== null)).toEqual(["value"]);
    });

    test("a value left later stands in for an earlier one", async () => {
      const { handovers } = make();
      await handovers.leave("a", "earlier", 60_000);
      await handovers.leave("a", "later", 60_000);
      expect([await handovers.collect("a"), await handovers.collect("a")]).toEqual(["later", null]);
    });

    test("a value past its time is gone", async () => {
      const { handovers, pass } = make();
      await handovers.leave("short", "value", 50);
      await handovers.leave("long", "value", 60_000);
      await pass(60);
      expect([await handovers.collect("short"), await handovers.collect("long")]).toEqual([null, "value"]);
    });
  });
}
