import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryHomes } from "../../adapters/memory/homes.ts";
import type { Homes } from "../../ports/homes.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { HOME_TTL_MS, RoomHomes } from "./room-homes.ts";

/** A store whose answers to a release can be held back, and which can be away. */
function setUp() {
  const clock = createVirtualClock();
  const memory = createMemoryHomes(clock);
  const lost: string[] = [];
  const failures: unknown[] = [];
  const full = new Set<string>();
  let isAway = false;
  let hold: Promise<void> | null = null;
  const answer = async <T>(run: () => Promise<T>): Promise<T> => {
    if (isAway) throw new StoreUnavailable(new Error("away"));
    return run();
  };
  const store: Homes = {
    settle: (...args) => answer(() => memory.settle(...args)),
    renew: (...args) => answer(() => memory.renew(...args)),
    find: (name) => answer(() => memory.find(name)),
    release: (...args) =>
      answer(async () => {
        await hold;
        await memory.release(...args);
      }),
  };
  const homes = new RoomHomes({
    node: "me",
    homes: store,
    isEmpty: (room) => !full.has(room),
    onLost: (room) => lost.push(room),
    failed: (error) => failures.push(error),
  });
  return {
    clock,
    memory,
    homes,
    lost,
    failures,
    full,
    setAway: (now: boolean) => (isAway = now),
    /** Releases take until the function that comes back is called. */
    holdReleases(): () => void {
      let go = (): void => undefined;
      hold = new Promise((done) => (go = done));
      return () => {
        hold = null;
        go();
      };
    },
  };
}

test("a room is settled again only when its release has arrived, so that the release takes nothing new away", async () => {
  const { homes, memory, holdReleases } = setUp();
  await homes.locate("r");
  const go = holdReleases();
  homes.release("r");
  const locating = homes.locate("r");
  go();
  expect(await locating).toBe("me");
  expect(await memory.find("r")).toBe("me");
  expect(homes.keeps("r")).toBe(true);
});

test("without the store a room whose home is unknown is run here, until a check finds another home", async () => {
  const { homes, memory, lost, full, failures, setAway } = setUp();
  await memory.settle("taken", "other", HOME_TTL_MS);
  setAway(true);
  for (const room of ["taken", "free"]) {
    expect(await homes.locate(room)).toBe("me");
    full.add(room);
  }
  expect([homes.isUnsettled, failures.length]).toEqual([true, 2]);
  await homes.check();
  expect([homes.isUnsettled, lost]).toEqual([true, []]);
  setAway(false);
  await homes.check();
  expect([homes.isUnsettled, lost]).toEqual([false, ["taken"]]);
  expect([homes.keeps("taken"), homes.keeps("free")]).toEqual([false, true]);
  expect(await memory.find("free")).toBe("me");
});

test("a home that the store has forgotten is taken again", async () => {
  const { homes, memory, clock, full, lost } = setUp();
  await homes.locate("r");
  full.add("r");
  await clock.advance(HOME_TTL_MS);
  await homes.check();
  expect([await memory.find("r"), lost]).toEqual(["me", []]);
});

test("a room that nobody came into after all is given up", async () => {
  const { homes, memory } = setUp();
  await homes.locate("r");
  await homes.check();
  expect([homes.keeps("r"), await memory.find("r")]).toEqual([false, null]);
});

test("a dead node's room is run here, another's is not", async () => {
  const { homes, memory } = setUp();
  await memory.settle("r", "dead", HOME_TTL_MS);
  expect(await homes.locate("r")).toBe("dead");
  expect(await homes.locate("r", "somebody")).toBe("dead");
  expect(homes.keeps("r")).toBe(false);
  expect(await homes.locate("r", "dead")).toBe("me");
});

test("all are given up at the end", async () => {
  const { homes, memory } = setUp();
  for (const room of ["a", "b"]) await homes.locate(room);
  await homes.releaseAll();
  expect([await memory.find("a"), await memory.find("b"), homes.rooms()]).toEqual([null, null, []]);
});
