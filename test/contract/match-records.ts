import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { MatchRecord, MatchStep, Report } from "../../src/ports/match-records.ts";
import type { Contender } from "../../src/ports/contender.ts";
import { aContender } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const report: Report = { outcome: "won 😀", durationSeconds: 187.5, stocksRemaining: 3, opponentStocks: null };

/** What {@link MatchRecords} and {@link RatingRecords} promise, on any adapter. */
export function matchRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`match records on ${adapter}`, () => {
    let records: TestRecords;
    let made = 0;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    /** A match of two that play now. */
    const play = async (now = 1000, one: Partial<Contender> = {}, two: Partial<Contender> = {}): Promise<string> => {
      const id = `m${made++}`;
      await records.queue.join({ ...aContender(`${id}-1`, one), queueId: `${id}-q1`, matchId: "none" }, now, -1);
      await records.queue.join({ ...aContender(`${id}-2`, two), queueId: `${id}-q2`, matchId: id }, now, -1);
      return id;
    };
    const find = async (id: string): Promise<MatchRecord> => (await records.matches.find(id))!;
    const rated = (change = 10): MatchStep => ({
      rating: { rate: (elo) => ({ p1: elo.p1 + change, p2: elo.p2 - change }), initial: 1500, at: 7 },
    });

    test("a change writes what it names and leaves the rest", async () => {
      const id = await play();
      const wager = { status: "proposed", amountWei: 2n ** 256n - 1n, wagerId: 0n, proposer: "p2" } as const;
      const before = await find(id);
      const view = await records.matches.change(id, () => ({ reports: { p2: report }, wager, activeAt: 2000 }));
      expect(view!.match).toEqual({ ...before, p2: { ...before.p2, report }, wager, activeAt: 2000 });
      expect(await find(id)).toEqual(view!.match);
      const result = { winner: null, winnerScore: 2, loserScore: 2, completedAt: 3000 };
      await records.matches.change(id, () => ({ status: "completed", result }));
      expect(await find(id)).toEqual({ ...view!.match, status: "completed", result });
    });

    test("a change is shown what is there; null, and what it throws, change nothing", async () => {
      const id = await play();
      const before = await find(id);
      expect(await records.matches.change(id, () => null)).toEqual({ match: before, signatures: [] });
      const broken = records.matches.change(id, ({ match }) => {
        expect(match).toEqual(before);
        throw new Error("no");
      });
      expect(broken).rejects.toThrow("no");
      await broken.catch(() => undefined);
      expect(await find(id)).toEqual(before);
      expect(await records.matches.change("unknown", () => ({ activeAt: 1 }))).toBeNull();
      expect(await records.matches.find("unknown")).toBeNull();
    });

    test("of changes side by side each sees what the one before it did", async () => {
      const id = await play(0);
      await Promise.all(
        Array.from({ length: 20 }, () => records.matches.change(id, ({ match }) => ({ activeAt: match.activeAt + 1 }))),
      );
      expect((await find(id)).activeAt).toBe(20);
    });

    test("signatures are kept as they were given, in order", async () => {
      const id = await play();
      const add = (address: string) =>
        records.matches.change(id, () => ({
          signature: { address, signature: `sig of ${address}`, createdAt: 5, signer: address.toLowerCase() },
        }));
      await add("0xB");
      const view = await add("0xA");
      const kept = ["0xB", "0xA"].map((address) => ({ address, signature: `sig of ${address}`, createdAt: 5 }));
      expect(view!.signatures).toEqual(kept);
      expect(await records.matches.signatures(id)).toEqual(kept);
      expect(add("0XB")).rejects.toThrow();
    });

    test("a sweep waits for a match that is being changed, and then takes it or not as it has become", async () => {
      const [touched, silent] = [await play(1000), await play(1001)];
      let expiring: Promise<readonly string[]> = Promise.resolve([]);
      await records.store.transact(async (db) => {
        const change = (id: string, active_at: number) =>
          db.updateTable("matches").set({ active_at }).where("match_id", "=", id).execute();
        await change(touched, 6000);
        await change(silent, 1002);
        expiring = records.matches.expire(5000, 10);
        for (let round = 0; round < 20; round++) await db.selectFrom("matches").select("id").execute();
      });
      expect(await expiring).toEqual([silent]);
      expect((await find(touched)).status).toBe("playing");
    });

    test("matches in which nothing happens expire; those that are over, or were touched, do not", async () => {
      const [silent, touched, over] = [await play(1000), await play(1001), await play(1000)];
      const result = { winner: "p1", winnerScore: 1, loserScore: 0, completedAt: 1000 } as const;
      await records.matches.change(over, () => ({ status: "completed", result }));
      await records.matches.touch(touched, 5000);
      await records.matches.touch(touched, 4000);
      await records.matches.touch(over, 9000);
      await records.matches.touch("unknown", 9000);
      expect(await records.matches.expire(4999, 10)).toEqual([silent]);
      expect(await records.matches.playing()).toBe(1);
      expect([(await find(silent)).status, (await find(touched)).activeAt, (await find(over)).activeAt]).toEqual([
        "expired",
        5000,
        1000,
      ]);
    });

    test("a sweep takes no more than asked for, the longest silent first", async () => {
      const ids = [await play(1), await play(2), await play(3)];
      expect(await records.matches.expire(10, 2)).toEqual(ids.slice(0, 2));
    });

    test("a match rates both agents from the ratings before it, once", async () => {
      const id = await play(0, { agentId: 9n }, { agentId: 2n ** 255n });
      const result = { winner: "p1", winnerScore: 1, loserScore: 0, completedAt: 0 } as const;
      await records.matches.change(id, () => ({ status: "completed", result, ...rated() }));
      await records.matches.change(id, () => rated());
      expect(await records.ratings.leaderboard({ limit: 10, offset: 0 })).toEqual([
        { agentId: 9n, elo: 1510, matches: 1, wins: 1, losses: 0, draws: 0 },
        { agentId: 2n ** 255n, elo: 1490, matches: 1, wins: 0, losses: 1, draws: 0 },
      ]);
      expect(await records.ratings.history(9n, { limit: 10, offset: 0 })).toEqual([
        { matchId: id, opponentId: 2n ** 255n, outcome: "won", before: 1500, after: 1510, at: 7 },
      ]);
      expect(await records.ratings.find(3n)).toBeNull();
      expect(await records.ratings.history(3n, { limit: 10, offset: 0 })).toEqual([]);
    });

    test("a change that fails rates nobody", async () => {
      const id = await play(0, { agentId: 1n }, { agentId: 2n });
      const step: MatchStep = {
        rating: {
          initial: 1500,
          at: 0,
          rate: () => {
            throw new Error("no");
          },
        },
        activeAt: 9,
      };
      await records.matches.change(id, () => step).catch(() => undefined);
      expect([await records.ratings.find(1n), (await find(id)).activeAt]).toEqual([null, 0]);
    });

    test("matches of the same agents side by side: no point is lost, and counts equal a recount", async () => {
      const ids: string[] = [];
      for (let at = 0; at < 20; at++) {
        const agents = [{ agentId: 1n }, { agentId: 2n }];
        if (at % 2 === 1) agents.reverse();
        ids.push(await play(0, agents[0], agents[1]));
      }
      await Promise.all(ids.map((id) => records.matches.change(id, () => rated(3))));
      for (const agentId of [1n, 2n]) {
        const history = await records.ratings.history(agentId, { limit: 100, offset: 0 });
        const rating = (await records.ratings.find(agentId))!;
        expect([history.length, rating.matches, rating.draws]).toEqual([20, 20, 20]);
        const moved = history.reduce((sum, { before, after }) => sum + after - before, 1500);
        expect([rating.elo, moved]).toEqual([1500, 1500]);
        // Each begins where the one before it ended.
        for (const [at, { before }] of history.slice(0, -1).entries()) expect(before).toBe(history[at + 1]!.after);
      }
    });

    test("the leaderboard is in order, and in parts", async () => {
      for (const [agentId, change] of [
        [1n, 5],
        [3n, 20],
        [5n, 5],
      ] as const) {
        const id = await play(0, { agentId }, { agentId: agentId + 1n });
        await records.matches.change(id, () => rated(change));
      }
      const ids = async (page = { limit: 100, offset: 0 }) =>
        (await records.ratings.leaderboard(page)).map(({ agentId }) => agentId);
      expect((await ids()).slice(0, 3)).toEqual([3n, 1n, 5n]);
      expect(await ids({ limit: 2, offset: 1 })).toEqual([1n, 5n]);
    });
  });
}
