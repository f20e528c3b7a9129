import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { within } from "./within.ts";

test("an answer in time is the answer, and so is an error", async () => {
  const clock = createVirtualClock();
  expect(await within(clock, 100, Promise.resolve("answer"), () => "late")).toBe("answer");
  await expect(within(clock, 100, Promise.reject(new RangeError("no")), () => "late")).rejects.toThrow(RangeError);
});

test("whoever takes longer is not waited for, whatever comes of it", async () => {
  const clock = createVirtualClock();
  const { promise, reject } = Promise.withResolvers<string>();
  const answer = within(clock, 100, promise, () => "late");
  await clock.advance(100);
  expect(await answer).toBe("late");
  reject(new Error("nobody hears this"));
  const refused = within(clock, 100, new Promise<string>(() => undefined), () => {
    throw new RangeError("late");
  });
  refused.catch(() => undefined);
  await clock.advance(100);
  await expect(refused).rejects.toThrow(RangeError);
});
