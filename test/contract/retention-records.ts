import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { aContender, aHost, aZone } from "../support/examples.ts";
import { arenaHalves, expectTrueCounters, expectTrueRatings } from "../support/recount.ts";
import { oneWaits, type MakeRecords, type TestRecords } from "../support/records.ts";

const CHAIN = 10143;
const NEVER = -1;

/** What {@link RetentionRecords} promises, on any adapter. */
export function retentionRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`retention on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const aged = (before: number, limit = 100) => ({ before, limit });
    const agedMatches = (before: number, limit = 100, unsettledSince = before) => ({ before, limit, unsettledSince });
    const rows = async (table: string): Promise<number> => {
      const counted = await records.store.read((db) =>
        sql.raw<{ total: number }>(`SELECT COUNT(*) AS total FROM ${table}`).execute(db),
      );
      return Number(counted.rows[0]!.total);
    };

    test("what operators did goes by its age, the oldest first", async () => {
      for (let at = 1; at <= 4; at++) {
        await records.audit.begin({ at, who: "olga", action: "drain", kind: "nodes", target: `${at}` });
      }
      expect(await records.retention.audit(aged(3, 2))).toBe(2);
      expect(await records.retention.audit(aged(3))).toBe(1);
      expect((await records.audit.list({ limit: 9 })).map(({ target }) => target)).toEqual(["4"]);
    });

    describe("of hosts", () => {
      const beat = (hostId: string, now: number) => records.hosts.register(aHost(hostId), () => 100, now);

      test("those that have long been OFFLINE go, and neither who is there nor who is in maintenance", async () => {
        for (const [at, hostId] of ["old", "kept", "mended", "young", "there"].entries()) await beat(hostId, at + 1);
        await records.hosts.setMaintenance("mended", true);
        await records.hosts.endSilent(4, 10, 100);
        expect(await records.retention.hosts(aged(1))).toBe(1);
        expect(await records.hosts.find("old")).toBeNull();
        expect(await records.retention.hosts(aged(3))).toBe(1);
        expect(await records.hosts.find("kept")).toBeNull();
        expect(await records.retention.hosts(aged(1_000, 1))).toBe(1);
        expect(await records.retention.hosts(aged(1_000))).toBe(0);
        expect((await records.hosts.list({ limit: 9, offset: 0 })).map(({ hostId }) => hostId).sort()).toEqual([
          "mended",
          "there",
        ]);
        await expectTrueCounters(records.store, records.tallies);
      });

      test("one that comes back while hosts go is there afterwards", async () => {
        for (let at = 0; at < 20; at++) await beat(`h${at}`, 1);
        await records.hosts.endSilent(1, 10, 100);
        const steps = [3, 9, 4].map((limit) => records.retention.hosts(aged(5, limit)));
        await Promise.all([...Array.from({ length: 20 }, (_, at) => beat(`h${at}`, 20)), ...steps]);
        while ((await records.retention.hosts(aged(5))) > 0);
        expect(await rows("hosts")).toBe(20);
        await expectTrueCounters(records.store, records.tallies);
      });
    });

    describe("of sessions", () => {
      const open = async (publicId: string, players = 0) => {
        await records.sessions.open({ publicId, zoneId: "z", hostId: null, maxPlayers: 5, seenSince: NEVER }, 1);
        for (let at = 0; at < players; at++) await records.sessions.join({ publicId }, `p${at}`, 2);
      };
      beforeEach(async () => {
        await records.hosts.register(aHost("h", { maxZones: 50, maxPlayers: 1_000 }), () => 100, 1);
        await records.zones.create("z", aZone(), 1);
      });

      test("those that are over go with their players, and their zone still says whom it has served", async () => {
        for (const publicId of ["old", "young", "open"]) await open(publicId, 3);
        await records.sessions.end({ publicId: "old" }, 10);
        await records.sessions.end({ publicId: "young" }, 11);
        expect(await records.retention.sessions(aged(9))).toBe(0);
        expect(await records.retention.sessions(aged(10))).toBe(1);
        expect(await records.sessions.find({ publicId: "old" })).toBeNull();
        expect([await rows("sessions"), await rows("session_players")]).toEqual([2, 6]);
        expect((await records.zones.find("z"))!.totalPlayersServed).toBe(9);
        expect(await records.retention.sessions(aged(1_000))).toBe(1);
        expect(await records.retention.sessions(aged(1_000))).toBe(0);
        expect((await records.sessions.find({ publicId: "open" }))!.currentPlayers).toBe(3);
        await expectTrueCounters(records.store, records.tallies);
      });

      test("one with very many players goes in several steps", async () => {
        await open("crowd", 1);
        await records.sessions.end({ publicId: "crowd" }, 10);
        const { id } = (await records.sessions.find({ publicId: "crowd" }))!;
        const joined = Array.from({ length: 2_100 }, (_, at) => `(${id}, 'x${at}', 0, 1)`).join(", ");
        await records.store.transact(async (db) => {
          await sql
            .raw(`INSERT INTO session_players (session, player_id, connected, joined_at) VALUES ${joined}`)
            .execute(db);
          await sql`UPDATE zones SET total_players_served = 2101`.execute(db);
        });
        await records.retention.sessions(aged(10));
        expect(await rows("session_players")).toBe(1_101);
        expect(await records.sessions.find({ publicId: "crowd" })).not.toBeNull();
        await expectTrueCounters(records.store, records.tallies);
        while ((await records.retention.sessions(aged(10))) > 0);
        expect([await rows("sessions"), await rows("session_players")]).toEqual([0, 0]);
        await expectTrueCounters(records.store, records.tallies);
      });

      test("one that goes while somebody ends it is unknown", async () => {
        await open("s");
        await records.sessions.end({ publicId: "s" }, 10);
        const [locked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const gone = records.store.transact(async (db) => {
          await db
            .selectFrom("hosts")
            .select("id")
            .$if(records.store.dialect === "postgres", (query) => query.forUpdate())
            .execute();
          locked.resolve();
          await goOn.promise;
          await db.deleteFrom("sessions").execute();
        });
        await locked.promise;
        const ended = records.sessions.end({ publicId: "s" }, 11);
        await oneWaits(records.store);
        goOn.resolve();
        await gone;
        expect(await ended).toBeNull();
      });

      test("steps side by side remove each session once", async () => {
        for (let at = 0; at < 12; at++) {
          await open(`s${at}`, 2);
          await records.sessions.end({ publicId: `s${at}` }, 10);
        }
        const gone = await Promise.all([5, 5, 5].map((limit) => records.retention.sessions(aged(10, limit))));
        expect(gone.reduce((sum, one) => sum + one, 0)).toBe(12 - (await rows("sessions")));
        while ((await records.retention.sessions(aged(10))) > 0);
        expect((await records.zones.find("z"))!.totalPlayersServed).toBe(24);
        await expectTrueCounters(records.store, records.tallies);
      });
    });

    describe("of the arena", () => {
      let made = 0;
      const wallets = ["0xA", "0xB"] as const;
      const join = (queueId: string, matchId: string, agentId: bigint | null, at: number) => {
        const contender = aContender(queueId, { agentId, wallet: wallets[made++ % 2]! });
        return records.queue.join({ ...contender, queueId, matchId }, at, NEVER);
      };
      const match = async (id: string, at: number): Promise<void> => {
        await join(`${id}-1`, id, 1n, at);
        await join(`${id}-2`, id, 2n, at);
      };
      const complete = async (id: string, at: number, posted = false): Promise<void> => {
        const result = { winner: "p1", winnerScore: 2, loserScore: 1, completedAt: at } as const;
        const rating = { rate: () => ({ p1: 1516, p2: 1484 }), initial: 1500, at, posted };
        await records.matches.change(id, () => ({ status: "completed", result, rating, activeAt: at }));
        const signature = { signer: "0xa", address: "0xA", signature: "0x1", createdAt: at };
        await records.matches.change(id, () => ({ signature }));
      };
      const prune = (...given: Parameters<typeof agedMatches>) => records.retention.matches(agedMatches(...given));
      const there = async (id: string): Promise<boolean> => (await records.matches.find(id)) !== null;

      test("entries that came to nothing go; those that wait, and those of a match, stay", async () => {
        await join("left", "none", null, 1);
        await records.queue.cancel("left");
        await join("silent", "none", null, 2);
        await records.queue.expire(2, 100);
        await match("m", 3);
        await join("waits", "none", null, 4);
        expect(await records.retention.entries(aged(0))).toBe(0);
        expect(await records.retention.entries(aged(1_000, 1))).toBe(1);
        expect(await records.retention.entries(aged(1_000))).toBe(1);
        expect(await rows("queue_entries")).toBe(3);
        expect(await arenaHalves(records.store)).toEqual({ entriesByHalf: 0, matchesByHalf: 0, waitingTwice: 0 });
      });

      test("a match that is over goes with all that is its own, and its agents' ratings and counts stay", async () => {
        await match("old", 1);
        await complete("old", 10);
        await match("young", 1);
        await complete("young", 11);
        await match("plays", 1);
        await match("expired", 1);
        await records.matches.touch("plays", 100);
        await records.matches.expire(50, 100);
        expect(await prune(10)).toBe(2);
        expect([await there("old"), await there("expired")]).toEqual([false, false]);
        expect([await there("young"), await there("plays")]).toEqual([true, true]);
        const agent = { agentId: 1n, elo: 1516, matches: 2, wins: 2, losses: 0, draws: 0 };
        expect(await records.ratings.find(1n)).toEqual(agent);
        expect((await records.ratings.history(1n, { limit: 9, offset: 0 })).map(({ matchId }) => matchId)).toEqual([
          "young",
        ]);
        await expectTrueRatings(records.store);
        expect(await arenaHalves(records.store)).toEqual({ entriesByHalf: 0, matchesByHalf: 0, waitingTwice: 0 });
        expect(await rows("match_signatures")).toBe(1);
        // Nobody can play it, or be rated for it, again.
        expect(await records.matches.change("old", () => ({ activeAt: 1 }))).toBeNull();
        expect(await records.queue.see("old-1", 20, NEVER)).toBeNull();
        expect(await prune(1_000, 1)).toBe(1);
        expect(await prune(1_000)).toBe(0);
        expect(await there("plays")).toBe(true);
      });

      test("a match whose rating is on its way to the chain stays until it is there, and its nonce is remembered", async () => {
        const { feedback } = records;
        await match("m", 1);
        await complete("m", 10, true);
        expect(await prune(1_000)).toBe(0);
        for (const nonce of [7, 8]) {
          const transaction = { signer: "0xs", nonce, hash: `0x${nonce}`, raw: "0x02" };
          const next = async () => (await feedback.next(CHAIN))!;
          expect(await feedback.advance(await next(), { state: "signed", transaction }, CHAIN, 11)).toBe(true);
          expect(await prune(1_000)).toBe(0);
          expect(await feedback.advance(await next(), { state: "confirmed" }, CHAIN, 12)).toBe(true);
        }
        expect(await prune(1_000)).toBe(1);
        expect(await rows("feedback_outbox")).toBe(0);
        expect([await feedback.lastNonce(CHAIN, "0xs"), await feedback.lastNonce(1, "0xs")]).toEqual([8, null]);
        await match("n", 1);
        await complete("n", 10, true);
        const again = { signer: "0xs", nonce: 8, hash: "0x9", raw: "0x02" };
        const step = { state: "signed", transaction: again } as const;
        expect(await feedback.advance((await feedback.next(CHAIN))!, step, CHAIN, 13)).toBe(false);
      });

      test("a match with an accepted wager stays while its payment is looked for", async () => {
        const wager = { status: "accepted", wagerId: 1n, amountWei: 1n, proposer: "p1" } as const;
        await match("m", 5);
        await records.matches.change("m", () => ({ wager }));
        await complete("m", 10);
        expect(await prune(1_000, 100, 4)).toBe(0);
        expect(await prune(1_000, 100, 5)).toBe(1);
        await match("paid", 5);
        await records.matches.change("paid", () => ({ wager: { ...wager, status: "settled" } }));
        await complete("paid", 10);
        expect(await prune(1_000, 100, 4)).toBe(1);
      });

      test("a rating that has not changed for long goes once none of its matches is left", async () => {
        await match("m", 1);
        await complete("m", 10);
        expect(await records.retention.ratings(aged(1_000))).toBe(0);
        await prune(10);
        expect(await records.retention.ratings(aged(9))).toBe(0);
        expect(await records.retention.ratings(aged(10, 1))).toBe(1);
        expect(await records.retention.ratings(aged(10))).toBe(1);
        expect(await records.ratings.leaderboard({ limit: 9, offset: 0 })).toEqual([]);
      });

      test("matches of the same agents that are rated while others go: every count equals a recount", async () => {
        for (let at = 0; at < 10; at++) {
          await match(`old${at}`, 1);
          await complete(`old${at}`, 10);
          await match(`new${at}`, 1);
        }
        await Promise.all([
          ...Array.from({ length: 10 }, (_, at) => complete(`new${at}`, 100)),
          ...[3, 4, 5].map((limit) => prune(10, limit)),
        ]);
        while ((await prune(10)) > 0);
        expect(await rows("matches")).toBe(10);
        expect(await records.ratings.find(1n)).toMatchObject({ matches: 20, wins: 20 });
        await expectTrueRatings(records.store);
      });
    });
  });
}
