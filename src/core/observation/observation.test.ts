import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import { ErrorLog } from "./error-log.ts";
import { LoopDelay } from "./loop-delay.ts";
import { createRollCall } from "./roll-call.ts";

test("errors of one kind are one, with how often and when last", async () => {
  const clock = createVirtualClock(1_000);
  const errors = new ErrorLog(clock, "n");
  errors.note("it broke", "GET /a");
  errors.note("it broke", null);
  await clock.advance(10);
  errors.note("it broke", "GET /a", "r1");
  expect(errors.all()).toEqual([
    { id: "n-0002", since: 1_000, at: 1_000, text: "it broke", route: null, count: 1, request: null },
    { id: "n-0001", since: 1_000, at: 1_010, text: "it broke", route: "GET /a", count: 2, request: "r1" },
  ]);
});

test("of many kinds of errors those that happened last are kept", () => {
  const errors = new ErrorLog(createVirtualClock(), "n");
  for (let n = 0; n < 500; n++) errors.note(`kind ${n}`, null);
  const kept = errors.all().map(({ text }) => text);
  expect([kept.length, kept.at(0), kept.at(-1)]).toEqual([200, "kind 300", "kind 499"]);
});

test("the delay of the loop is the longest that a timer came late, of the last second or two", async () => {
  let now = 0;
  let tick = (): void => undefined;
  const every = (_ms: number, run: () => void) => ((tick = run), { cancel: () => undefined });
  const loop = new LoopDelay({ now: () => now, every, after: every });
  loop.start();
  const pass = (ms: number): void => ((now += ms), tick());
  for (let at = 0; at < 5; at++) pass(50);
  expect(loop.worst()).toBe(0);
  pass(300);
  expect(loop.worst()).toBe(250);
  expect(loop.all()).toMatchObject({ count: 6, sum: 0.25 });
  for (let at = 0; at < 60; at++) pass(50);
  expect(loop.worst()).toBe(0);
});

test("a roll call has the answers of those who answer, and of this node without a way between", async () => {
  const asked: string[] = [];
  const failures: unknown[] = [];
  const rollCall = createRollCall({
    topic: "test",
    courier: {
      node: "self",
      serve: () => undefined,
      async ask(node) {
        asked.push(node);
        if (node === "silent") throw new NodeUnreachable(node);
        if (node === "broken") throw new Error("it broke");
        return `${node} answers`;
      },
    },
    membership: { node: "self", live: () => ["self", "other", "silent", "broken"].map((id) => ({ id, value: "" })) },
    answer: async (question) => `self answers ${question}`,
    failed: (error) => void failures.push(error),
  });
  expect(await rollCall.all("hello")).toEqual(
    new Map([
      ["self", "self answers hello"],
      ["other", "other answers"],
    ]),
  );
  expect(asked).toEqual(["other", "silent", "broken"]);
  expect(failures).toHaveLength(1);
  expect(rollCall.one("silent", "hello")).rejects.toBeInstanceOf(NodeUnreachable);
});
