import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { Logger } from "./log.ts";
import { watchStore, type StoreWatch } from "./store-watch.ts";

describe("the watch over a store", () => {
  let clock: ReturnType<typeof createVirtualClock>;
  let lines: string[];
  let watch: StoreWatch;

  beforeEach(() => {
    clock = createVirtualClock();
    lines = [];
    const log = {
      error: (_: unknown, what: string) => lines.push(what),
      info: (what: string) => lines.push(what),
    };
    watch = watchStore({ name: "the file", clock, log: log as unknown as Logger });
  });

  const well = async (): Promise<void> => undefined;
  const away = (): Promise<never> => Promise.reject(new StoreUnavailable(new Error("disk full")));
  const fails = async (use: "reading" | "writing"): Promise<void> => {
    await expect(watch[use](away())).rejects.toThrow(StoreUnavailable);
  };

  test("what can be read does not end the trouble with writes, and is not written each time", async () => {
    for (let n = 0; n < 100; n++) {
      await fails("writing");
      await watch.reading(well());
      expect(watch.trouble()).toBe("the file takes no writes");
    }
    expect(lines).toEqual(["the file cannot be reached"]);
    await watch.writing(well());
    expect(watch.trouble()).toBeNull();
    expect(lines).toEqual(["the file cannot be reached", "the file is back"]);
  });

  test("until it is read after a write that failed, all of it is thought to be away", async () => {
    await watch.reading(well());
    await fails("writing");
    expect(watch.trouble()).toBe("the file cannot be reached");
    await watch.reading(well());
    expect(watch.trouble()).toBe("the file takes no writes");
  });

  test("one that can be written can be read", async () => {
    await fails("reading");
    expect(watch.trouble()).toBe("the file cannot be reached");
    await watch.writing(well());
    expect(watch.trouble()).toBeNull();
  });

  test("one that comes and goes is written once in a while, and one that stays away after it came at last", async () => {
    for (let n = 0; n < 100; n++) {
      await fails("writing");
      await watch.writing(well());
    }
    expect(lines).toEqual(["the file cannot be reached", "the file is back"]);
    await fails("writing");
    await clock.advance(10_000);
    await fails("writing");
    expect(lines.slice(2)).toEqual(["the file cannot be reached"]);
  });

  test("an error that is no absence says nothing about the store", async () => {
    await expect(watch.writing(Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
    expect(watch.trouble()).toBeNull();
  });
});
