import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "./presences.ts";

test("what is past its time does not gather, though nobody asks for its group any more", async () => {
  const clock = createVirtualClock();
  const presences = createMemoryPresences(clock);
  const kept: WeakRef<object>[] = [];
  const enter = async (group: string, ttlMs: number): Promise<void> => {
    await presences.enter({ group, member: "m", connection: "c", node: "n", value: "" }, ttlMs);
    for (const presence of (await presences.of([group])).get(group) ?? []) kept.push(new WeakRef(presence));
  };
  await enter("lasts", 600_000);
  for (let at = 0; at < 1_000; at++) await enter(`past-${at}`, 1_000);
  await clock.advance(1_000);
  const past = kept.slice(1);
  for (let at = 0; at < 1_000; at++) await enter(`new-${at}`, 60_000);
  expect((await presences.of(["lasts"])).size).toBe(1);
  Bun.gc(true);
  // The collector may take a few of what is on its stack for used.
  expect(past.filter((one) => one.deref() !== undefined).length).toBeLessThan(100);
});
