import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import { Standstill, STANDSTILL_MS } from "./standstill.ts";

/** A process that can be stopped: its timers wait, time goes on. */
function setUp() {
  const clock = createVirtualClock();
  let isStopped = false;
  const own: Clock = {
    ...clock,
    every: (ms, run) => clock.every(ms, () => void (isStopped || run())),
  };
  let found: (() => void) | null = null;
  let checks = 0;
  const failures: unknown[] = [];
  const standstill = new Standstill(
    own,
    () => {
      checks++;
      return new Promise((done) => (found = done));
    },
    (error) => failures.push(error),
  );
  standstill.start();
  return {
    clock,
    standstill,
    failures,
    checks: () => checks,
    async stopFor(ms: number) {
      isStopped = true;
      await clock.advance(ms);
      isStopped = false;
    },
    async checked() {
      found!();
      await clock.advance(0);
    },
  };
}

test("a process that runs is sure, and asks nobody", async () => {
  const { clock, standstill, checks } = setUp();
  await clock.advance(600_000);
  const ran: string[] = [];
  standstill.whenSure(() => ran.push("step"));
  await standstill.sure();
  expect([ran, checks()]).toEqual([["step"], 0]);
});

test("after a standstill steps wait for the check, and then run in their order", async () => {
  const { standstill, stopFor, checked, checks } = setUp();
  await stopFor(STANDSTILL_MS + 1_000);
  const ran: string[] = [];
  standstill.whenSure(() => ran.push("first"));
  standstill.whenSure(() => ran.push("second"));
  const later = standstill.sure().then(() => ran.push("third"));
  expect([ran, standstill.isSure(), checks()]).toEqual([[], false, 1]);
  await checked();
  await later;
  expect([ran, standstill.isSure(), checks()]).toEqual([["first", "second", "third"], true, 1]);
});

test("a standstill in which nothing came is noticed as well", async () => {
  const { clock, stopFor, checks } = setUp();
  await stopFor(STANDSTILL_MS + 1_000);
  await clock.advance(1_000);
  expect(checks()).toBe(1);
});

test("a moment is no standstill", async () => {
  const { standstill, stopFor } = setUp();
  await stopFor(STANDSTILL_MS - 1_000);
  expect(standstill.isSure()).toBe(true);
});

test("says when more waits than should", async () => {
  const { standstill, stopFor, checked } = setUp();
  await stopFor(STANDSTILL_MS + 1_000);
  let ran = 0;
  while (!standstill.isCrowded()) standstill.whenSure(() => ran++);
  expect(ran).toBe(0);
  await checked();
  expect(ran).toBe(4_096);
  expect(standstill.isCrowded()).toBe(false);
});

test("a step that fails does not keep the others from running", async () => {
  const { standstill, stopFor, checked, failures } = setUp();
  await stopFor(STANDSTILL_MS + 1_000);
  const ran: string[] = [];
  standstill.whenSure(() => {
    throw new Error("no");
  });
  standstill.whenSure(() => ran.push("next"));
  await checked();
  expect([ran, failures.length]).toEqual([["next"], 1]);
});
