import { beforeEach, describe, expect, test } from "bun:test";
import type { RetentionRecords } from "../../ports/retention-records.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { GIVEN_UP_MS } from "../chain/wager-watch.ts";
import { Retention, retained, type Retained } from "./retention.ts";

const forEver = { hosts: null, sessions: null, entries: null, matches: null, ratings: null, audit: null };

describe("retention", () => {
  const clock = createVirtualClock();
  let asked: { kind: Retained; before: number; unsettledSince?: number }[];
  let waiting: Partial<Record<Retained, number>>;
  beforeEach(() => {
    [asked, waiting] = [[], {}];
  });

  const step = (kind: Retained) => async (aged: { before: number; limit: number; unsettledSince?: number }) => {
    const { limit, ...bounds } = aged;
    asked.push({ kind, ...bounds });
    const gone = Math.min(limit, waiting[kind] ?? 0);
    waiting[kind] = (waiting[kind] ?? 0) - gone;
    return gone;
  };
  const records = Object.fromEntries(retained.map((kind) => [kind, step(kind)])) as unknown as RetentionRecords;
  const make = (keepMs: Partial<Record<Retained, number>>, isMine = true) =>
    new Retention({
      records,
      turns: { take: async () => isMine, leave: async () => undefined },
      clock,
      node: "n",
      keepMs: { ...forEver, ...keepMs },
    });

  test("each kind goes by its own age, and what is kept for ever is not looked for", async () => {
    expect(await make({ hosts: 1_000, sessions: 2_000 }).round()).toBe("idle");
    expect(asked).toEqual([
      { kind: "hosts", before: clock.now() - 1_000 },
      { kind: "sessions", before: clock.now() - 2_000 },
    ]);
  });

  test("matches of wagers that are still looked for stay, however short their age is", async () => {
    await make({ matches: 1_000 }).round();
    const now = clock.now();
    expect(asked).toEqual([{ kind: "matches", before: now - 1_000, unsettledSince: now - GIVEN_UP_MS }]);
  });

  test("a round takes a bounded bite of each kind, and says that there is more until nothing was left", async () => {
    waiting = { entries: 450, hosts: 1 };
    const retention = make({ hosts: 1, entries: 1 });
    const outcomes = [];
    for (let at = 0; at < 4; at++) outcomes.push(await retention.round());
    expect(outcomes).toEqual(["waiting", "waiting", "waiting", "idle"]);
    expect(retention.removed).toEqual({ hosts: 1, sessions: 0, entries: 450, matches: 0, ratings: 0, audit: 0 });
  });

  test("nothing is removed while it is another node's turn", async () => {
    expect(await make({ hosts: 1 }, false).round()).toBe("idle");
    expect(asked).toEqual([]);
  });
});
