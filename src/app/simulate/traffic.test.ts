import { expect, test } from "bun:test";
import { Traffic } from "./traffic.ts";

test("a refusal calms for as long as it says, within a minute, and an answer does not", () => {
  let now = 0;
  const traffic = new Traffic(null, () => now);
  traffic.note(200);
  traffic.note(404);
  expect(traffic.calmMs).toBe(0);
  traffic.note(429, 17_000);
  traffic.note(503);
  expect(traffic.calmMs).toBe(17_000);
  now = 16_000;
  expect(traffic.calmMs).toBe(1_000);
  traffic.note(429, 3_600_000);
  expect(traffic.calmMs).toBe(60_000);
});

test("what is too much for one is counted for all, and calms that one alone", () => {
  const all = new Traffic(null, () => 0);
  const [one, other] = [new Traffic(all, () => 0), new Traffic(all, () => 0)];
  one.note(429);
  one.note(503);
  one.note(0);
  other.note(201);
  other.noteReconnect();
  expect(all).toMatchObject({ requests: 4, limited: 1, overloaded: 1, unanswered: 1, reconnects: 1 });
  expect([one.calmMs > 0, other.calmMs]).toEqual([true, 0]);
});
