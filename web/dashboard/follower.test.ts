import { afterEach, beforeEach, expect, spyOn, test, type Mock } from "bun:test";
import type { Overview } from "../../src/faces/operator/wire.ts";
import { Follower } from "./follower.ts";

let clock: Mock<() => number>;

beforeEach(() => {
  clock = spyOn(performance, "now");
});

afterEach(() => {
  clock.mockRestore();
});

const withRooms = (open: number): Overview => ({ rooms: { open, peers: open } }) as Overview;

test("a list is loaded again when the figures that tell of it change, and not more often than every two seconds", async () => {
  let loads = 0;
  const follower = new Follower("rooms", async () => void loads++);
  const at = async (ms: number, rooms: number): Promise<number> => {
    clock.mockReturnValue(ms);
    follower.overview(withRooms(rooms));
    await Promise.resolve();
    return loads;
  };
  clock.mockReturnValue(0);
  await follower.load();
  expect(loads).toBe(1);
  // The first figures are as new as what was loaded.
  expect(await at(3_000, 5)).toBe(1);
  expect(await at(4_000, 5)).toBe(1);
  expect(await at(5_000, 6)).toBe(2);
  expect(await at(6_000, 7)).toBe(2);
  expect(await at(7_000, 7)).toBe(3);
  expect(await at(60_000, 7)).toBe(3);
});

test("what no figure tells of is loaded once", async () => {
  let loads = 0;
  const follower = new Follower("audit", async () => void loads++);
  await follower.load();
  follower.overview(withRooms(1));
  follower.overview(withRooms(2));
  expect(loads).toBe(1);
});
