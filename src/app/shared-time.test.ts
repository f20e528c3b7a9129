import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { shiftable } from "./shared-time.ts";

test("shows the time it was told, less half of the way, and goes on from there", async () => {
  const own = createVirtualClock();
  const { clock, to } = shiftable(own);
  expect(clock.now()).toBe(own.now());
  const told = own.now() - 3_600_000;
  const ahead = to(async () => {
    await own.advance(100);
    return told + 50;
  });
  expect(await ahead).toBe(-3_600_000);
  expect(clock.now()).toBe(told + 100);
  await own.advance(1_000);
  expect(clock.now()).toBe(told + 1_100);
});

test("stays as it is where nobody shares the time", async () => {
  const own = createVirtualClock();
  const { clock, to } = shiftable(own);
  expect(await to(async () => null)).toBe(0);
  expect(clock.now()).toBe(own.now());
});
