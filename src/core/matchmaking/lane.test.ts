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

  test("tells whoever wants to know how a task ended, at once or in its turn, and goes on", async () => {
    const lane = newLane();
    failures.length = 0;
    const done: string[] = [];
    const slow = Promise.withResolvers<string>();
    const fails = async (): Promise<void> => {
      done.push("failing");
      throw new Error("its own");
    };
    const ends = [lane.finish(() => slow.promise), lane.finish(fails), lane.finish(async () => done.push("third"))];
    lane.run(() => void done.push("behind"));
    expect(done).toEqual([]);
    slow.resolve("first");
    expect(await Promise.allSettled(ends)).toMatchObject([
      { value: "first" },
      { reason: new Error("its own") },
      { value: 2 },
    ]);
    await settled();
    expect(done).toEqual(["failing", "third", "behind"]);
    await expect(lane.finish(fails)).rejects.toThrow("its own");
    await settled();
    lane.run(() => void done.push("again"));
    expect(done).toEqual(["failing", "third", "behind", "failing", "again"]);
    expect(failures).toEqual([]);
  });

  test("refuses an offer when full, but never a run", async () => {
    const lane = newLane(2);
    const done: number[] = [];
    const slow = Promise.withResolvers<void>();
    lane.run(() => slow.promise);
    expect(lane.isFull).toBe(false);
    expect([1, 2, 3].map((n) => lane.offer(() => void done.push(n)))).toEqual([true, true, false]);
    expect(lane.isFull).toBe(true);
    lane.run(() => void done.push(4));
    slow.resolve();
    await settled();
    expect(done).toEqual([1, 2, 4]);
    expect(lane.offer(() => void done.push(5))).toBe(true);
  });
});
