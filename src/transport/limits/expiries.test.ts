import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createExpiries } from "./expiries.ts";

test("each ends within a second of its time, those taken back never, and one that throws keeps no other from it", async () => {
  const clock = createVirtualClock();
  const failures: unknown[] = [];
  const ended: string[] = [];
  const expiries = createExpiries(clock, (error) => void failures.push(error));
  const now = clock.now();
  expiries.at(now + 5_000, () => {
    throw new Error("no");
  });
  expiries.at(now + 5_000, () => void ended.push("five"));
  expiries.at(null, () => void ended.push("never"));
  expiries.after(400_000_000, () => void ended.push("far"));
  const takeBack = expiries.after(3_000, () => void ended.push("taken back"));
  takeBack();
  await clock.advance(4_000);
  expect(ended).toEqual([]);
  await clock.advance(2_000);
  expect(ended).toEqual(["five"]);
  expect(failures).toHaveLength(1);
  takeBack();
  await clock.advance(400_000_000);
  expect(ended).toEqual(["five", "far"]);
});

test("what is entered for a second that has been run already ends at the next tick, whoever is taken back meanwhile", async () => {
  const clock = createVirtualClock();
  const ended: string[] = [];
  const expiries = createExpiries(clock, () => undefined);
  const when = clock.now() + 1_000;
  const takeBack = expiries.at(when, () => void ended.push("first"));
  await clock.advance(1_200);
  expiries.at(when, () => void ended.push("second"));
  takeBack();
  await clock.advance(1_000);
  expect(ended).toEqual(["first", "second"]);
});
