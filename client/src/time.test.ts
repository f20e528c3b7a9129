import { expect, test } from "bun:test";
import { backoff, pause } from "./time.ts";

test("the bound of a wait doubles from 250 ms to 10 s, and any part of it is waited", () => {
  const bounds = Array.from({ length: 8 }, (_, attempt) => backoff(attempt, () => 1));
  expect(bounds).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(backoff(5, () => 0)).toBe(0);
  expect(backoff(5, () => 0.25)).toBe(2_000);
});

test("a pause that is aborted rejects with the reason, at once or later", async () => {
  const stop = new AbortController();
  const pausing = pause(60_000, stop.signal);
  stop.abort(new Error("enough"));
  await expect(pausing).rejects.toThrow("enough");
  await expect(pause(60_000, stop.signal)).rejects.toThrow("enough");
});
