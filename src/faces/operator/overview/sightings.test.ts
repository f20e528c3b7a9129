import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../../test/support/virtual-clock.ts";
import { Sightings } from "./sightings.ts";

test("a node that is gone is told for ten minutes, with when it was last heard of", async () => {
  const clock = createVirtualClock(1_000);
  let others = ["b", "c"];
  const sightings = new Sightings({ node: "a", live: () => others.map((id) => ({ id, value: "" })) }, clock);
  sightings.note();
  expect(sightings.gone()).toEqual([]);
  await clock.advance(5_000);
  others = ["b"];
  expect(sightings.gone()).toEqual([{ id: "c", seenAt: 1_000 }]);
  // What it says itself is newer than its lease.
  sightings.note(["c"]);
  expect(sightings.gone()).toEqual([{ id: "c", seenAt: 6_000 }]);
  await clock.advance(10 * 60_000);
  sightings.note();
  expect(sightings.all().map(({ id }) => id)).toEqual(["a", "b"]);
});
