import { expect, test } from "bun:test";
import { KeptAllocations } from "./kept-allocations.ts";

test("what has lapsed is forgotten, in whichever order it was kept, and the newest of an id counts", () => {
  const kept = new KeptAllocations();
  kept.keep("a", { epoch: 1, until: 3_000 });
  kept.keep("b", { epoch: 2, until: 1_000 });
  kept.keep("c", { epoch: 3, until: 2_000 });
  kept.keep("c", { epoch: 4, until: 4_000 });
  kept.settle(3_000);
  // Asked as of a time at which they had not lapsed yet, so that only what is still known answers.
  expect(["a", "b", "c"].map((id) => kept.take(id, 0)?.epoch)).toEqual([undefined, undefined, 4]);
});
