import { expect, test } from "bun:test";
import { createMemoryLeases } from "../../adapters/memory/leases.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { Maintenance } from "./maintenance.ts";
import { PoolCensus } from "./pool-census.ts";

function setUp() {
  const clock = createVirtualClock();
  const presences = createMemoryPresences(clock);
  const node = (name: string) =>
    new Maintenance({
      presences,
      node: name,
      clock,
      failed(error) {
        throw error;
      },
    });
  return { clock, node };
}

test("a node that starts later, and one that has not heard of it, learn from the store who is in maintenance", async () => {
  const { clock, node } = setUp();
  const [one, other] = [node("one"), node("other")];
  one.start();
  other.start();
  await one.set("host", true);
  expect([one.has("host"), other.has("host")]).toEqual([true, false]);
  await clock.advance(5_000);
  expect(other.has("host")).toBe(true);
  await other.set("host", false);
  await clock.advance(5_000);
  expect([one.has("host"), other.has("host")]).toEqual([false, false]);
});

test("the store is told again for as long as a node runs", async () => {
  const { clock, node } = setUp();
  const one = node("one");
  one.start();
  await one.set("host", true);
  for (let minutes = 0; minutes < 30; minutes++) await clock.advance(60_000);
  const late = node("late");
  late.start();
  await clock.advance(0);
  expect(late.has("host")).toBe(true);
});

test("the census counts a large pool a page at a time, and two who look at once count it once", async () => {
  const clock = createVirtualClock();
  const leases = createMemoryLeases(clock);
  const census = new PoolCensus(leases, (id) => id === "h7");
  const add = (id: string, group: string) => leases.renew({ id, group, alias: id, value: "", ttlMs: 60_000 });
  for (let n = 0; n < 2_500; n++) await add(`h${n}`, n % 5 === 0 ? "us" : "eu");
  const rows = [
    { region: "us", state: "idle", count: 500 },
    { region: "eu", state: "idle", count: 1_999 },
    { region: "eu", state: "maintenance", count: 1 },
  ];
  const sorted = async () =>
    (await census.look()).toSorted((a, b) => `${a.region}${a.state}`.localeCompare(`${b.region}${b.state}`));
  const expected = rows.toSorted((a, b) => `${a.region}${a.state}`.localeCompare(`${b.region}${b.state}`));
  expect(await Promise.all([sorted(), sorted()])).toEqual([expected, expected]);
  await add("late", "asia");
  expect(await sorted()).toEqual(expected);
  await sorted();
  expect(await sorted()).toContainEqual({ region: "asia", state: "idle", count: 1 });
});
