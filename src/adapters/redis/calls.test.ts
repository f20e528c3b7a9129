import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { RedisCalls, type RedisConnection } from "./calls.ts";

/** More than ever wait for an answer at once. */
const CROWD = 10_000;

const setUp = () => {
  const clock = createVirtualClock();
  const calls = new RedisCalls({} as RedisConnection, clock);
  const crowd = (of: RedisCalls, until: Promise<unknown>) =>
    Promise.allSettled(Array.from({ length: CROWD }, () => of.command(() => until)));
  return { clock, calls, crowd };
};

test("too many at once are refused as too many, and not as a Redis that is away", async () => {
  const { calls, crowd } = setUp();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const crowded = crowd(calls, answered);
  const refusal: unknown = await calls.command(async () => "answer").catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreOverloaded);
  expect(refusal).toBeInstanceOf(StoreUnavailable);
  expect(calls.isStuck).toBe(false);
  resolve();
  await crowded;
  expect(await calls.command(async () => "answer")).toBe("answer");
});

test("what has calls of its own is not refused because others are too many", async () => {
  const { calls, crowd } = setUp();
  const own = calls.apart();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const crowded = crowd(calls, answered);
  expect(await own.command(async () => "answer")).toBe("answer");
  resolve();
  await crowded;
});

test("an answer to any of them shows that Redis answers", async () => {
  const { clock, calls } = setUp();
  const own = calls.apart();
  const silent = calls.command(() => new Promise(() => undefined)).catch((error: unknown) => error);
  await clock.advance(3_000);
  expect(await silent).toBeInstanceOf(StoreUnavailable);
  expect([calls.isStuck, own.isStuck]).toEqual([true, true]);
  await own.command(async () => "answer");
  expect([calls.isStuck, own.isStuck]).toEqual([false, false]);
});
