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

test("what is sent while others wait for an answer leaves with the rest of its turn, and what is alone at once", async () => {
  const wire: string[] = [];
  const stream = { cork: () => wire.push("held"), uncork: () => wire.push("gone") };
  const calls = new RedisCalls({ stream } as unknown as RedisConnection, createVirtualClock());
  const answers: (() => void)[] = [];
  const send = (name: string) =>
    calls.command(() => {
      wire.push(name);
      return new Promise<void>((answer) => answers.push(answer));
    });
  const turn = (): Promise<unknown> => new Promise((over) => setImmediate(over));
  const sent = ["a", "b", "c"].map(send);
  expect(wire).toEqual(["a", "held", "b", "c"]);
  await turn();
  expect(wire).toEqual(["a", "held", "b", "c", "gone"]);
  answers.forEach((answer) => answer());
  await Promise.all(sent);
  void send("d");
  expect(wire.at(-1)).toBe("d");
  expect(wire).toHaveLength(6);
});
