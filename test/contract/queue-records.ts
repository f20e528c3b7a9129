import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Joined } from "../../src/ports/queue-records.ts";
import { aContender } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** What {@link QueueRecords} promises, on any adapter. */
export function queueRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`queue records on ${adapter}`, () => {
    let records: TestRecords;
    let made = 0;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const join = (code: string, now = 0, seenSince = -1): Promise<Joined> => {
      const [queueId, matchId] = [`q${made}`, `m${made++}`];
      return records.queue.join({ ...aContender(code), queueId, matchId }, now, seenSince);
    };
    const see = async (queueId: string, now = 0, seenSince = -1) =>
      (await records.queue.see(queueId, now, seenSince))?.entry ?? null;

    test("the first waits, the second is joined to it, and both know the match", async () => {
      const one = await join("A");
      expect(one).toMatchObject({ opponent: null, cancelled: null, entry: { status: "waiting", position: 1 } });
      const two = await join("B", 5);
      expect(two.opponent).toBe(one.entry.queueId);
      expect(two.entry).toMatchObject({ status: "matched", position: null });
      expect(await see(one.entry.queueId)).toMatchObject({ status: "matched", matchId: two.entry.matchId });
      const match = (await records.matches.find(two.entry.matchId!))!;
      expect(match).toMatchObject({ status: "playing", createdAt: 5, activeAt: 5, result: null, wager: null });
      expect(match.p1).toMatchObject({ ...aContender("A"), queueId: one.entry.queueId, report: null });
      expect(match.p2).toMatchObject({ ...aContender("B"), queueId: two.entry.queueId, report: null });
      expect(await records.queue.waiting()).toBe(0);
    });

    test("whoever asks after a matched entry is told of the match as it has become, however many ask at once", async () => {
      const entries = await Promise.all(["A", "B", "C", "D", "E"].map(async (code) => (await join(code)).entry));
      const ids = [...entries.map(({ queueId }) => queueId), "unknown"];
      const before = await Promise.all(ids.map((id) => records.queue.see(id, 1, -1)));
      expect<unknown>(before.map((place) => place?.entry.status)).toEqual([...four("matched"), "waiting", undefined]);
      for (const [at, { queueId }] of entries.slice(0, 4).entries()) {
        const { entry, match } = before[at]!;
        expect([entry.queueId, match!.id]).toEqual([queueId, entry.matchId!]);
        expect([match!.p1.queueId, match!.p2.queueId]).toContain(queueId);
        await records.matches.change(match!.id, () => ({ status: "expired" }));
      }
      const after = await Promise.all(ids.map((id) => records.queue.see(id, 1, -1)));
      expect<unknown>(after.map((place) => place?.match?.status)).toEqual([...four("expired"), undefined, undefined]);
    });

    test("an entry keeps what was said, exactly", async () => {
      const contender = { connectCode: "Ü#1 😀", fighterName: "'; --", wallet: "0xAb", agentId: 2n ** 256n - 1n };
      const { entry } = await records.queue.join({ ...contender, queueId: "q", matchId: "m" }, 0, -1);
      expect(entry).toEqual({ ...contender, queueId: "q", status: "waiting", matchId: null, position: 1 });
      expect(await see("q")).toEqual(entry);
    });

    test("whose an entry is can be asked, which keeps it from nothing", async () => {
      const { entry } = await join("A");
      expect([await records.queue.codeOf(entry.queueId), await records.queue.codeOf("unknown")]).toEqual(["A", null]);
      expect(await see(entry.queueId, 10, 0)).toMatchObject({ status: "expired" });
      expect(await records.queue.codeOf(entry.queueId)).toBe("A");
    });

    test("joining again with the same code cancels what waited, and never meets itself", async () => {
      const one = await join("A");
      const again = await join("A");
      expect(again).toMatchObject({ cancelled: one.entry.queueId, opponent: null, entry: { status: "waiting" } });
      expect(await see(one.entry.queueId)).toMatchObject({ status: "cancelled", position: null });
      expect(await records.queue.waiting()).toBe(1);
    });

    test("leaving cancels what waits, once; others know nothing to cancel", async () => {
      const { entry } = await join("A");
      expect(await Promise.all([1, 2, 3].map(() => records.queue.cancel(entry.queueId)))).toContain(true);
      expect(await records.queue.cancel(entry.queueId)).toBe(false);
      expect(await records.queue.cancel("unknown")).toBe(false);
      expect((await join("B")).entry.status).toBe("waiting");
    });

    test("seeing keeps an entry; one not seen in time has expired, and seeing does not bring it back", async () => {
      const { entry } = await join("A", 1000);
      expect(await see(entry.queueId, 2000, 999)).toMatchObject({ status: "waiting" });
      expect(await see(entry.queueId, 3000, 1999)).toMatchObject({ status: "waiting" });
      expect(await see(entry.queueId, 9000, 3000)).toMatchObject({ status: "expired", position: null });
      expect(await see(entry.queueId, 9000, 0)).toMatchObject({ status: "expired" });
      expect(await see("unknown")).toBeNull();
    });

    test("one that has fallen silent is nobody's opponent, swept or not, and does not count ahead", async () => {
      await join("A", 1000);
      const late = await join("B", 9000, 1000);
      expect(late).toMatchObject({ opponent: null, entry: { status: "waiting", position: 1 } });
      expect((await join("C", 9000, 1000)).opponent).toBe(late.entry.queueId);
    });

    test("a sweep expires the silent ones, not more than asked for, the longest silent first", async () => {
      for (const at of [3, 1, 2]) await join(`code-${at}`, at, 10);
      expect(await records.queue.expire(3, 2)).toEqual([`q${made - 2}`, `q${made - 1}`]);
      expect(await records.queue.expire(2, 2)).toEqual([]);
      expect(await records.queue.waiting()).toBe(1);
    });

    test("joins side by side: every two make a match, nobody is in two, none is left but the odd one", async () => {
      const joins = await Promise.all(Array.from({ length: 41 }, (_, at) => join(`code-${at}`)));
      const entries = await Promise.all(joins.map(({ entry }) => see(entry.queueId)));
      const byMatch = Map.groupBy(entries, (entry) => entry!.matchId);
      expect(byMatch.get(null)).toHaveLength(1);
      byMatch.delete(null);
      expect(byMatch.size).toBe(20);
      for (const [id, both] of byMatch) {
        const match = (await records.matches.find(id!))!;
        expect([match.p1.queueId, match.p2.queueId].toSorted()).toEqual(both.map((one) => one!.queueId).toSorted());
      }
      expect(await records.matches.playing()).toBe(20);
    });

    test("a burst of joins fails nobody, and others come through meanwhile", async () => {
      await join("A");
      const { entry } = await join("B");
      let done = 0;
      const joins = Array.from({ length: 1_000 }, async (_, at) => {
        await join(`code-${at}`);
        done++;
      });
      expect(await see(entry.queueId)).toMatchObject({ status: "matched" });
      expect(done).toBeLessThan(500);
      await Promise.all(joins);
      expect(await records.matches.playing()).toBe(501);
    });

    test("a sweep waits for an entry that is being changed, and then takes it or not as it has become", async () => {
      const [one, two] = [await join("A", 1), await join("B", 2, 10)];
      const [touched, swept] = [one.entry.queueId, two.entry.queueId];
      let expiring: Promise<readonly string[]> = Promise.resolve([]);
      await records.store.transact(async (db) => {
        const change = (id: string, seen_at: number) =>
          db.updateTable("queue_entries").set({ seen_at }).where("queue_id", "=", id).execute();
        await change(touched, 50);
        await change(swept, 3);
        expiring = records.queue.expire(10, 5);
        for (let round = 0; round < 20; round++) await db.selectFrom("queue_entries").select("id").execute();
      });
      expect(await expiring).toEqual([swept]);
      expect(await see(touched)).toMatchObject({ status: "waiting" });
    });

    test("joins against leaves and sweeps: an entry is matched or gone, never both", async () => {
      const joins = await Promise.all(
        Array.from({ length: 30 }, async (_, at) => {
          const joined = await join(`code-${at}`);
          const left = at % 3 === 0 && (await records.queue.cancel(joined.entry.queueId));
          if (at % 7 === 0) await records.queue.expire(0, 1);
          return { id: joined.entry.queueId, left };
        }),
      );
      for (const { id, left } of joins) {
        const entry = (await see(id))!;
        expect(entry.matchId !== null).toBe(entry.status === "matched");
        if (left) expect(entry.status).toBe("cancelled");
      }
      expect(await records.queue.waiting()).toBeLessThanOrEqual(1);
    });

    test("any story of joins, leaves, looks and silence ends as a queue of paper would", async () => {
      const step = fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ does: fc.constant("join" as const), who: fc.integer({ min: 0, max: 4 }) }),
        },
        fc.record({
          does: fc.constant("burst" as const),
          who: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 8 }),
        }),
        fc.record({ does: fc.constantFrom("leave" as const, "look" as const), who: fc.integer({ min: 0, max: 4 }) }),
        fc.record({ does: fc.constantFrom("wait" as const, "sweep" as const), who: fc.constant(0) }),
      );
      let runs = 0;
      let now = 1_000_000;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (story) => {
          const run = runs++;
          await records.queue.expire(Number.MAX_SAFE_INTEGER, 100);
          const paper = new Map<string, { code: string; status: string; seen: number }>();
          const newest = new Map<number, string>();
          const SILENCE = 100;
          const waiting = () => [...paper].filter(([, { status }]) => status === "waiting");
          for (const { does, who } of story) {
            const since = now - SILENCE;
            if (does === "join" || does === "burst") {
              const all = [who].flat();
              const joins = await Promise.all(all.map((one) => join(`${run}-${one}`, now, since)));
              for (const [at, { entry, opponent, cancelled }] of joins.entries()) {
                const code = `${run}-${all[at]}`;
                const earlier = waiting().find(([, one]) => one.code === code);
                if (earlier !== undefined) earlier[1].status = "cancelled";
                const first = waiting().find(([, { seen }]) => seen > since);
                if (first !== undefined) first[1].status = "matched";
                const status = first === undefined ? "waiting" : "matched";
                newest.set(all[at]!, entry.queueId);
                paper.set(entry.queueId, { code, status, seen: now });
                expect([entry.status as string, opponent, cancelled]).toEqual([
                  status,
                  first?.[0] ?? null,
                  earlier?.[0] ?? null,
                ]);
              }
              continue;
            }
            const id = newest.get(who);
            if (does === "leave" && id !== undefined) {
              const one = paper.get(id)!;
              expect(await records.queue.cancel(id)).toBe(one.status === "waiting");
              if (one.status === "waiting") one.status = "cancelled";
            } else if (does === "look" && id !== undefined) {
              const one = paper.get(id)!;
              if (one.status === "waiting") {
                if (one.seen <= since) one.status = "expired";
                else one.seen = now;
              }
              await see(id, now, since);
            } else if (does === "wait") now += 60;
            else if (does === "sweep") {
              for (const [, one] of waiting()) if (one.seen <= since) one.status = "expired";
              await records.queue.expire(since, 100);
            }
          }
          expect(await records.queue.waiting()).toBe(waiting().length);
          for (const [id, { status }] of paper) expect((await see(id, now))!.status as string).toBe(status);
        }),
        { numRuns: 25 },
      );
    });
  });
}

function four<Value>(value: Value): Value[] {
  return [value, value, value, value];
}
