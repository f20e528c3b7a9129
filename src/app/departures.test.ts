import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { beginDepartures } from "./departures.ts";

function world(count: number, drainMs: number) {
  const clock = createVirtualClock();
  const began = clock.now();
  const open = new Map<number, () => void>();
  const ended = new Map<number, number>();
  const errors: unknown[] = [];
  const add = (n: number): void =>
    void open.set(n, () => {
      if (!open.delete(n)) return;
      ended.set(n, clock.now() - began);
      if (n === 1) throw new Error("cannot end");
    });
  for (let n = 0; n < count; n++) add(n);
  let state = 7;
  const random = {
    uuid: () => "",
    token: () => "",
    unit: () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647,
  };
  const begin = (): void =>
    beginDepartures({
      clock,
      random,
      drainMs,
      open: () => [...open.values()],
      failed: (error) => void errors.push(error),
    });
  return { clock, begin, ended, errors, add };
}

test("many are ended in a random order, evenly over 80 % of the time to drain", async () => {
  const { clock, begin, ended, errors } = world(1_000, 10_000);
  begin();
  await clock.advance(10_000);
  const times = [...ended.values()];
  expect(times).toHaveLength(1_000);
  expect(Math.max(...times)).toBeLessThanOrEqual(8_000);
  for (let second = 0; second < 8; second++) {
    const within = times.filter((at) => at > second * 1_000 && at <= (second + 1) * 1_000).length;
    expect(within).toBeGreaterThanOrEqual(115);
    expect(within).toBeLessThanOrEqual(135);
  }
  expect([...ended.keys()].slice(0, 20)).not.toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(errors).toHaveLength(1);
});

test("a few are ended within 100 ms for each", async () => {
  const { clock, begin, ended } = world(3, 20_000);
  begin();
  await clock.advance(300);
  expect(ended.size).toBe(3);
});

test("without time to drain all are ended at once", () => {
  const { begin, ended } = world(50, 0);
  begin();
  expect(ended.size).toBe(50);
});

test("what is opened meanwhile is ended with the window, and later at once", async () => {
  const { clock, begin, ended, add } = world(10, 10_000);
  begin();
  await clock.advance(500);
  add(100);
  await clock.advance(500);
  expect(ended.size).toBe(11);
  add(101);
  await clock.advance(20);
  expect(ended.size).toBe(12);
});
