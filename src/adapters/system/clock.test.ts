import { afterEach, expect, setSystemTime, test } from "bun:test";
import { steadyClock, systemClock } from "./clock.ts";

const HOUR = 3_600_000;

afterEach(() => void setSystemTime());

test.each([HOUR, -HOUR])("when the clock is set by %d ms the time of day jumps, and the steady one does not", (by) => {
  const [steady, day] = [steadyClock.now(), systemClock.now()];
  expect(Math.abs(steady - day)).toBeLessThan(1_000);
  setSystemTime(new Date(Date.now() + by));
  expect(systemClock.now() - day).toBeWithin(by - 1_000, by + 1_000);
  expect(steadyClock.now() - steady).toBeWithin(0, 1_000);
});

test("both tell whole milliseconds", () => {
  for (const clock of [steadyClock, systemClock]) expect(Number.isInteger(clock.now())).toBe(true);
});

test("what is due in months is not done at once, and can be taken back", async () => {
  const done: string[] = [];
  const timer = systemClock.after(60 * 24 * HOUR, () => done.push("far"));
  await new Promise<void>((later) => systemClock.after(20, later));
  expect(done).toEqual([]);
  timer.cancel();
});
