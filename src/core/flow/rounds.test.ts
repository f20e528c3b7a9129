import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { Rounds, type RoundOutcome } from "./rounds.ts";

/** Rounds that come out as told, and when each began. */
function rounds(outcomes: (RoundOutcome | Error)[]) {
  const clock = createVirtualClock(0);
  const begun: number[] = [];
  const failed: unknown[] = [];
  const subject = new Rounds({
    clock,
    idleMs: 1_000,
    async round() {
      begun.push(clock.now());
      const outcome = outcomes.shift() ?? "idle";
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    failed: (error) => failed.push(error),
  });
  return { subject, clock, begun, failed };
}

describe("rounds", () => {
  test("follow at once, soon, or after a pause, by what they came to", async () => {
    const { subject, clock, begun } = rounds(["more", "waiting", "idle", "idle"]);
    subject.start();
    await clock.advance(2_300);
    expect(begun).toEqual([0, 0, 300, 1_300, 2_300]);
  });

  test("that fail come less and less often, until one goes well", async () => {
    const { subject, clock, begun, failed } = rounds([new Error("1"), new Error("2"), new Error("3"), "idle"]);
    subject.start();
    await clock.advance(3_499);
    expect([begun, failed.length, subject.failures]).toEqual([[0, 500, 1_500], 3, 3]);
    await clock.advance(1);
    expect([begun.length, subject.failures]).toEqual([4, 0]);
    await clock.advance(1_000);
    expect(begun.at(-1)).toBe(4_500);
  });

  test("a quarter of a minute apart at most", async () => {
    const { subject, clock, begun } = rounds(Array.from({ length: 100 }, () => new Error("away")));
    subject.start();
    await clock.advance(600_000);
    expect(begun.at(-1)! - begun.at(-2)!).toBe(15_000);
  });

  test("stop for good", async () => {
    const { subject, clock, begun } = rounds([]);
    subject.start();
    await clock.advance(0);
    await subject.stop();
    await clock.advance(60_000);
    expect(begun).toEqual([0]);
  });
});
