import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryRates } from "./rates.ts";

const quota = { limit: 2, windowMs: 60_000 };

test("past its number of keys it forgets those used longest ago, and no others", async () => {
  const rates = createMemoryRates({ clock: createVirtualClock(), maxKeys: 3 });
  for (const key of ["a", "b", "c", "a", "d"]) await rates.take(key, quota);
  expect((await rates.take("a", quota)).allowed).toBe(false);
  expect((await rates.take("c", quota)).remaining).toBe(0);
  expect((await rates.take("b", quota)).remaining).toBe(1);
});

test("past its number of uses it forgets too, so that large quotas do not fill the memory", async () => {
  const rates = createMemoryRates({ clock: createVirtualClock(), maxUses: 10 });
  const large = { limit: 100, windowMs: 60_000 };
  for (let use = 0; use < 8; use++) await rates.take("a", large);
  for (let use = 0; use < 3; use++) await rates.take("b", large);
  expect((await rates.take("b", large)).remaining).toBe(96);
  expect((await rates.take("a", large)).remaining).toBe(99);
});

test("a key in steady use costs no more than its window holds", async () => {
  const clock = createVirtualClock();
  const rates = createMemoryRates({ clock, maxUses: 100 });
  for (let use = 0; use < 1_000; use++) {
    await rates.take("steady", { limit: 50, windowMs: 60_000 });
    await clock.advance(2_000);
  }
  for (let use = 0; use < 60; use++) await rates.take("other", { limit: 100, windowMs: 60_000 });
  expect((await rates.take("steady", { limit: 50, windowMs: 60_000 })).remaining).toBe(50 - 30);
});
