import { beforeEach, describe, expect, test } from "bun:test";
import { createOverload, type Overload } from "./overload.ts";
import type { Urgency } from "./urgency.ts";

let now: number;
/** How much of the time this process has the machine. */
let share: number;
let used: number;
let back: (() => void) | null;
let sent: number;
let sentAt: number;
let isThere: boolean;
let overload: Overload;

beforeEach(() => {
  [now, back, sent, share, used, isThere] = [1_000, null, 0, 1, 0, true];
  const sentinel = {
    send(returned: () => void) {
      if (!isThere) return false;
      sent++;
      sentAt = now;
      back = returned;
      return true;
    },
    stop: () => undefined,
  };
  overload = createOverload({ sentinel, maxDelayMs: 50, now: () => now, used: () => used });
});

const ask = (urgency: Urgency = "usual"): boolean => overload.sheds(urgency, now);

/** Requests come every millisecond, the sentinel is always `delay` ms under way; how many were refused. */
function run(ms: number, delay: number, urgency?: Urgency): number {
  let refused = 0;
  for (const end = now + ms; now < end; now++, used += share) {
    if (back !== null && now - sentAt >= delay) {
      const returned = back;
      back = null;
      returned();
    }
    if (ask(urgency)) refused++;
  }
  return refused;
}

test("nothing is refused while there is time", () => {
  expect(run(5_000, 10)).toBe(0);
});

test("nothing is measured while nothing comes, every 10 ms while nobody waits, and every 2 ms once somebody does", () => {
  run(1_000, 1);
  expect(sent).toBeGreaterThan(80);
  expect(sent).toBeLessThanOrEqual(100);
  run(1_000, 6);
  expect(sent).toBeGreaterThan(200);
  sent = 0;
  run(2_000, 60);
  run(500, 1);
  expect(sent).toBeGreaterThan(150);
});

test("a burst is served, what lasts is refused", () => {
  expect(run(260, 60)).toBe(0);
  expect(run(1_000, 60)).toBeGreaterThan(900);
});

test("the more something finishes, the later it is refused; a probe never is", () => {
  for (const [delay, refused] of [
    [17, ["new"]],
    [23, ["new", "usual"]],
    [60, ["new", "usual", "finish"]],
  ] as const) {
    for (const urgency of ["new", "usual", "finish", "probe"] as const) {
      run(200, 1, "new");
      run(1_000, delay, "new");
      const share = run(500, delay, urgency) / 500;
      if ((refused as readonly string[]).includes(urgency)) expect(share).toBeGreaterThan(0.4);
      else expect(share).toBe(0);
    }
  }
});

test("who has too little of the machine refuses nothing for it", () => {
  share = 0.3;
  expect(run(3_000, 60, "new")).toBe(0);
  share = 0.9;
  expect(run(1_000, 60, "new")).toBeGreaterThan(500);
  share = 0.3;
  run(200, 60, "new");
  expect(run(1_000, 60, "new")).toBe(0);
});

describe("once it is over", () => {
  test("work is taken again at once, and its return is recognised at once for a second", () => {
    run(1_000, 60);
    run(60, 1);
    expect(run(500, 1)).toBe(0);
    expect(run(100, 60)).toBeGreaterThan(20);
    run(3_000, 1);
    expect(run(100, 60)).toBe(0);
  });

  test("a pause without any work forgets it", () => {
    run(1_000, 60);
    now += 5_000;
    used += 5_000;
    back?.();
    back = null;
    expect(ask("new")).toBe(false);
  });
});

describe("a sentinel that does not come back", () => {
  test("is given up after five seconds, and another one sent", () => {
    ask();
    expect(run(4_900, Infinity)).toBeGreaterThan(4_000);
    run(200, Infinity);
    expect(sent).toBe(2);
    run(1_000, 1);
    expect(run(500, 1)).toBe(0);
  });

  test("and does so all the same, twice, measures nothing", () => {
    ask();
    const late = back!;
    run(5_200, Infinity);
    late();
    now += 60;
    late();
    expect(overload.behindMs()).toBe(0);
  });

  test("and cannot be sent: nothing is refused, and it is tried again after five seconds", () => {
    isThere = false;
    expect(run(4_900, 1, "new")).toBe(0);
    isThere = true;
    expect(sent).toBe(0);
    run(200, 1);
    expect(sent).toBeGreaterThan(5);
  });
});

test("a stall in which nothing was handled is no queue", () => {
  for (let n = 0; n < 20; n++) {
    run(5, 1);
    ask();
    now += 80;
    expect(ask("new")).toBe(false);
    back?.();
    back = null;
  }
});
