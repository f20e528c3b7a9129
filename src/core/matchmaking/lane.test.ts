import { describe, expect, test } from "bun:test";
import { Lane } from "./lane.ts";

const failures: unknown[] = [];
const newLane = (limit = 10) => new Lane({ limit, failed: (error) => failures.push(error) });
const settled = () => new Promise<void>((done) => setImmediate(done));

describe("a lane", () => {
  test("does a task at once if nothing is running", () => {
    const done: string[] = [];
    newLane().run(() => void done.push("a"));
    expect(done).toEqual(["a"]);
  });

  test("does tasks in order, each after the one before has finished", async () => {
    const lane = newLane();
    const done: string[] = [];
    const slow = Promise.withResolvers<void>();
    lane.run(async () => {
      await slow.promise;
      done.push("slow");
    });
    lane.run(() => void done.push("quick"));
    lane.run(async () => void done.push("last"));
    expect(done).toEqual([]);
    slow.resolve();
    await settled();
    expect(done).toEqual(["slow", "quick", "last"]);
  });

  test("does a task given from within a task after it", () => {
    const lane = newLane();
    const done: string[] = [];
    lane.run(() => {
      lane.run(() => void done.push("inner"));
      done.push("outer");
    });
    expect(done).toEqual(["outer", "inner"]);
  });

  test("reports a failing task and goes on", async () => {
    const lane = newLane();
    failures.length = 0;
    const done: string[] = [];
    lane.run(() => {
      throw new Error("at once");
    });
    lane.run(async () => {
      throw new Error("later");
    });
    lane.run(() => void done.push("behind"));
    await settled();
    expect(failures.map(String)).toEqual(["Error: at once", "Error: later"]);
    expect(done).toEqual(["behind"]);
  });

  test("refuses an offer when full, but never a run", async () => {
    const lane = newLane(2);
    const done: number[] = [];
    const slow = Promise.withResolvers<void>();
    lane.run(() => slow.promise);
    expect([1, 2, 3].map((n) => lane.offer(() => void done.push(n)))).toEqual([true, true, false]);
    lane.run(() => void done.push(4));
    slow.resolve();
    await settled();
    expect(done).toEqual([1, 2, 4]);
    expect(lane.offer(() => void done.push(5))).toBe(true);
  });
});
