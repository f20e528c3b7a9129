import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { watchDescriptors } from "./descriptor-watch.ts";
import { countDescriptors } from "./descriptors.ts";
import type { Logger } from "./log.ts";

describe("the watch over descriptors", () => {
  let clock: ReturnType<typeof createVirtualClock>;
  let done: string[];
  let open: number;
  let isTaken: boolean;
  let isCounted: boolean;
  let limit: number;
  let againMs: number;

  beforeEach(() => {
    clock = createVirtualClock();
    [done, open, isTaken, isCounted] = [[], 20, false, true];
    [limit, againMs] = [1_000, 100];
  });
  const watch = () =>
    watchDescriptors({
      count: () => (isCounted ? { open, limit, againMs } : null),
      clock,
      log: { error: () => undefined, info: () => undefined } as unknown as Logger,
      doorway: {
        close: () => void done.push("close"),
        open() {
          if (isTaken) throw new Error("taken");
          done.push("open");
        },
      },
    });
  const at = async (count: number): Promise<void> => {
    open = count;
    await clock.advance(100);
  };

  test("closes before the last are gone, and opens when a good part is free again", async () => {
    watch();
    await at(968);
    expect(done).toEqual([]);
    await at(969);
    await at(1_000);
    await at(953);
    expect(done).toEqual(["close"]);
    await at(952);
    expect(done).toEqual(["close", "open"]);
    await at(970);
    expect(done).toEqual(["close", "open", "close"]);
  });

  test("of many it keeps a fiftieth, and a twentieth where it cannot look often", async () => {
    limit = 20_000;
    watch();
    await at(19_600);
    expect(done).toEqual([]);
    await at(19_601);
    expect(done).toEqual(["close"]);
    [done, againMs, open] = [[], 1_000, 19_000];
    watch();
    expect(done).toEqual([]);
    open = 19_001;
    await clock.advance(1_000);
    expect(done).toEqual(["close"]);
  });

  test("looks more often once few are left", async () => {
    watch();
    await at(850);
    open = 999;
    await clock.advance(10);
    expect(done).toEqual(["close"]);
  });

  test("a port that is taken is tried again", async () => {
    watch();
    await at(999);
    isTaken = true;
    await at(20);
    isTaken = false;
    await at(20);
    expect(done).toEqual(["close", "open"]);
  });

  test("a count that fails once ends nothing", async () => {
    watch();
    await at(999);
    isCounted = false;
    await at(20);
    isCounted = true;
    await at(20);
    expect(done).toEqual(["close", "open"]);
  });

  test("ends when it is cancelled", async () => {
    watch().cancel();
    await at(999);
    expect(done).toEqual([]);
  });

  test("where nobody counts nothing is refused", async () => {
    watchDescriptors({
      count: () => null,
      clock,
      log: {} as Logger,
      doorway: { close: () => void done.push("close"), open: () => undefined },
    });
    await clock.advance(1_000);
    expect(done).toEqual([]);
  });
});

test("Linux counts descriptors; elsewhere nobody does", () => {
  const found = countDescriptors();
  if (process.platform !== "linux") return expect(found).toBeNull();
  expect(found!.open).toBeGreaterThan(3);
  expect(found!.limit).toBeGreaterThan(found!.open);
});
