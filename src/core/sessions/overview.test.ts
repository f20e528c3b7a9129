import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { TallyCounts } from "../../ports/tallies.ts";
import { createOverview } from "./overview.ts";

const counts: TallyCounts = {
  hosts: { total: 4, online: 3, qualitySum: 286.5, excellent: 2, good: 1, fair: 0, poor: 0 },
  zones: { total: 2, enabled: 1 },
  sessions: { total: 5, active: 3, players: 7, latencySumMs: 100 },
};

test("averages have two decimals, and are 0 where there is nothing to average", async () => {
  expect(await createOverview({ read: async () => counts })()).toEqual({
    ...counts,
    averageQualityScore: 95.5,
    averageLatencyMs: 33.33,
    current: true,
  });
  const none = { ...counts, hosts: { ...counts.hosts, online: 0 }, sessions: { ...counts.sessions, active: 0 } };
  expect(await createOverview({ read: async () => none })()).toMatchObject({
    averageQualityScore: 0,
    averageLatencyMs: 0,
  });
});

test("while the records are away the last figures stand, and say that they are old", async () => {
  let away = true;
  const overview = createOverview({
    async read() {
      if (away) throw new StoreUnavailable(null);
      return counts;
    },
  });
  expect(await overview()).toMatchObject({ hosts: { total: 0 }, current: false });
  away = false;
  expect(await overview()).toMatchObject({ hosts: { total: 4 }, current: true });
  away = true;
  expect(await overview()).toMatchObject({ hosts: { total: 4 }, averageQualityScore: 95.5, current: false });
});

test("a bug is not taken for absence", async () => {
  const overview = createOverview({
    read: async () => {
      throw new TypeError("x");
    },
  });
  await expect(overview()).rejects.toThrow(TypeError);
});
