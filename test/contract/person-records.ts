import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { aContender, aHost, aZone } from "../support/examples.ts";
import { arenaHalves, expectTrueCounters, expectTrueRatings } from "../support/recount.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const CHAIN = 10143;
const NEVER = -1;

/** What {@link PersonRecords} promises, on any adapter. */
export function personRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`what is known of persons on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    /** Every row of every table, as text. */
    const everything = async (): Promise<string> => {
      const tables = ["hosts", "sessions", "session_players", "queue_entries", "matches", "match_signatures", "agents"];
      const all = await Promise.all(
        [...tables, "rating_changes", "replays", "replay_pieces", "feedback_outbox", "audit_entries"].map((table) =>
          records.store.read((db) => sql.raw(`SELECT * FROM ${table}`).execute(db)),
        ),
      );
      return JSON.stringify(all.map(({ rows }) => rows));
    };

    test("a player's hosts go with their sessions, and in sessions of others nobody knows who it was", async () => {
      await records.zones.create("z", aZone(), 1);
      await records.hosts.register(aHost("theirs", { playerId: "alice", playerName: "Alice" }), () => 100, 1);
      await records.hosts.register(aHost("other"), () => 90, 1);
      const open = (publicId: string, hostId: string) =>
        records.sessions.open({ publicId, zoneId: "z", hostId, maxPlayers: 5, seenSince: NEVER }, 1);
      await open("on theirs", "theirs");
      await open("on other", "other");
      await open("over", "other");
      for (const publicId of ["on theirs", "on other", "over"]) {
        for (const player of ["alice", "bob"]) await records.sessions.join({ publicId }, player, 2);
      }
      await records.sessions.end({ publicId: "over" }, 3);
      expect(await records.persons.player("alice", 4)).toMatchObject({ gone: 4, left: 0, sessions: ["on theirs"] });
      expect(await everything()).not.toMatch(/alice/i);
      expect(await records.sessions.find({ publicId: "on theirs" })).toMatchObject({ status: "ENDED" });
      const other = (await records.sessions.find({ publicId: "on other" }))!;
      expect([other.currentPlayers, await records.sessions.players(other.id)]).toEqual([1, ["bob"]]);
      await expectTrueCounters(records.store, records.tallies);
      expect(await records.persons.player("alice", 5)).toMatchObject({ gone: 0, left: 0, sessions: [] });
    });

    test("a player whose place somebody else has taken by name is forgotten all the same", async () => {
      await records.zones.create("z", aZone(), 1);
      await records.hosts.register(aHost("h"), () => 100, 1);
      const publicId = "s";
      await records.sessions.open({ publicId, zoneId: "z", hostId: "h", maxPlayers: 50, seenSince: NEVER }, 1);
      await records.sessions.join({ publicId }, "alice", 2);
      // Whatever its row number is.
      for (let id = 0; id < 9; id++) await records.sessions.join({ publicId }, `forgotten-${id}`, 2);
      expect(await records.persons.player("alice", 3)).toMatchObject({ gone: 1, left: 0, sessions: [] });
      expect(await everything()).not.toMatch(/alice/i);
      await expectTrueCounters(records.store, records.tallies);
    });

    /** Something that an operator did, as it is written by now or with the words of an earlier version. */
    const act = async (kind: string, target: string, detail = "It was done."): Promise<number> => {
      const id = await records.audit.begin({ at: 1, who: "olga", action: "act", kind, target });
      await records.audit.settle(id, "done", detail);
      return id;
    };

    test("what operators did to a player and their hosts names neither any more, nor anybody less", async () => {
      await records.hosts.register(aHost("theirs", { playerId: "alice" }), () => 100, 1);
      const ids = [await act("hosts", "coordinator:theirs", "theirs is ONLINE now."), await act("sessions", "alice")];
      const others = [await act("hosts", "coordinator:theirs2"), await act("sessions", "alice2")];
      const kept = await Promise.all(others.map((id) => records.audit.find(id)));
      expect(await records.persons.player("alice", 4)).toMatchObject({ gone: 3, also: ["theirs"] });
      for (const id of ids) {
        expect(await records.audit.find(id)).toMatchObject({
          ...{ at: 1, who: "olga", action: "act", outcome: "done" },
          ...{ target: "somebody forgotten", detail: "somebody forgotten" },
        });
      }
      expect(await Promise.all(others.map((id) => records.audit.find(id)))).toEqual(kept);
    });

    test("a player whom no transaction can forget keeps their name among what operators did, too", async () => {
      await records.hosts.register(aHost("theirs", { playerId: "alice" }), () => 100, 1);
      const id = await act("hosts", "coordinator:theirs");
      await records.store.transact((db) => sql.raw("ALTER TABLE audit_entries RENAME TO away").execute(db));
      expect(await records.persons.player("alice", 4).catch(() => "failed")).toBe("failed");
      await records.store.transact((db) => sql.raw("ALTER TABLE away RENAME TO audit_entries").execute(db));
      expect(await records.hosts.find("theirs")).not.toBeNull();
      expect(await records.audit.find(id)).toMatchObject({ target: "coordinator:theirs" });
    });

    describe("in the arena", () => {
      const wallet = `0x${"Ab".repeat(20)}`;
      const play = async (id: string, code = "FOX#1", opponent = "MARTH#2"): Promise<void> => {
        const [one, two] = [
          aContender(code, { fighterName: "Foxtrot", wallet, agentId: 7n }),
          aContender(opponent, { wallet: `0x${"cd".repeat(20)}`, agentId: 8n }),
        ];
        await records.queue.join({ ...one, queueId: `${id}-1`, matchId: id }, 10, NEVER);
        await records.queue.join({ ...two, queueId: `${id}-2`, matchId: id }, 10, NEVER);
      };
      const end = async (id: string, posted = false): Promise<void> => {
        const result = { winner: "p1", winnerScore: 3, loserScore: 1, completedAt: 20 } as const;
        const reports = {
          p1: { outcome: "won, says Foxtrot", durationSeconds: 9.5, stocksRemaining: 3, opponentStocks: 1 },
          p2: { outcome: "FOX#1 beat me", durationSeconds: null, stocksRemaining: 1, opponentStocks: 3 },
        };
        const rating = { rate: () => ({ p1: 1516, p2: 1484 }), initial: 1500, at: 20, posted };
        await records.matches.change(id, () => ({ status: "completed", reports, result, rating, activeAt: 20 }));
        for (const address of [wallet, `0x${"cd".repeat(20)}`]) {
          const signature = { signer: address.toLowerCase(), address, signature: `by ${address}`, createdAt: 21 };
          await records.matches.change(id, () => ({ signature }));
        }
        const piece = { recorder: "r", number: 0, content: new TextEncoder().encode("FOX#1") };
        await records.replays.add(id, piece, { games: 1, isComplete: true, at: 20 });
      };
      const giveUpPosting = async (): Promise<void> => {
        for (let next; (next = await records.feedback.next(CHAIN)) !== null;) {
          await records.feedback.advance(next, { state: "dead", reason: "never taken" }, CHAIN, 30);
        }
      };
      const names = [{ connectCode: "FOX#1" }, { wallet }, { wallet: wallet.toLowerCase().replace("0x", "") }] as const;

      for (const [at, name] of names.entries()) {
        test(`a side is nobody's any more, by the name ${at}, while the result stands`, async () => {
          await play("m");
          await end("m");
          // One more that came to nothing.
          await records.queue.join({ ...aContender("FOX#1", { wallet }), queueId: "left", matchId: "none" }, 30, NEVER);
          await records.queue.cancel("left");
          expect(await records.persons.contender(name, 0)).toMatchObject({ gone: 3, left: 0 });
          const left = await everything();
          expect(left).not.toMatch(/fox/i);
          expect(left).not.toMatch(/abababab/i);
          expect(await records.matches.find("m")).toMatchObject({
            p1: {
              connectCode: expect.stringMatching(/^forgotten-/),
              fighterName: null,
              wallet: null,
              agentId: null,
              report: { outcome: "", durationSeconds: 9.5, stocksRemaining: 3, opponentStocks: 1 },
            },
            p2: {
              connectCode: "MARTH#2",
              agentId: 8n,
              report: { outcome: "", durationSeconds: null, stocksRemaining: 1, opponentStocks: 3 },
            },
            result: { winner: "p1", winnerScore: 3, loserScore: 1 },
          });
          expect((await records.matches.signatures("m")).map(({ address }) => address)).toEqual([
            `0x${"cd".repeat(20)}`,
          ]);
          expect(await records.replays.find("m")).toBeNull();
          expect([await records.ratings.find(7n), (await records.ratings.find(8n))!.losses]).toEqual([null, 1]);
          await expectTrueRatings(records.store);
          expect(await arenaHalves(records.store)).toEqual({ entriesByHalf: 0, matchesByHalf: 0, waitingTwice: 0 });
          expect(await records.persons.contender(name, 0)).toMatchObject({ gone: 0, left: 0 });
        });
      }

      for (const name of [{ connectCode: "FOX#1" }, { wallet }]) {
        test(`tickets that operators cancelled tell no ${Object.keys(name)[0]} any more`, async () => {
          await play("m");
          await end("m");
          const [id, begun] = [
            await act("tickets", "arena:some-queue-id", "FOX#1 waits no longer."),
            await records.audit.begin({ at: 1, who: "olga", action: "act", kind: "tickets", target: "arena:FOX#1" }),
          ];
          const other = await act("tickets", "arena:another", "FOX#11 waits no longer.");
          expect(await records.persons.contender(name, 0)).toMatchObject({ gone: 4, left: 0, also: ["FOX#1"] });
          const words = { target: "arena:some-queue-id", detail: "somebody forgotten" };
          expect(await records.audit.find(id)).toMatchObject(words);
          expect(await records.audit.find(begun)).toMatchObject({ target: "somebody forgotten", detail: null });
          expect(await records.audit.find(other)).toMatchObject({ detail: "FOX#11 waits no longer." });
        });
      }

      test("what still goes on is left as it is, and told", async () => {
        await play("plays");
        await play("posts");
        await end("posts", true);
        await play("bets");
        const wager = { status: "accepted", wagerId: 1n, amountWei: 1n, proposer: "p1" } as const;
        await records.matches.change("bets", () => ({ wager }));
        await end("bets");
        await records.queue.join({ ...aContender("FOX#1"), queueId: "waits", matchId: "none" }, 30, NEVER);
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 9)).toMatchObject({ gone: 0, left: 4 });
        expect(await records.feedback.next(CHAIN)).not.toBeNull();
        expect(await records.ratings.find(7n)).toMatchObject({ matches: 2 });
        // A match and a rating.
        await giveUpPosting();
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 9)).toMatchObject({ gone: 2, left: 3 });
        // The wager is given up.
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 10)).toMatchObject({ gone: 1, left: 2 });
        await expectTrueRatings(records.store);
      });

      test("an agent whose rating under another code is on its way keeps what it did under this one, until that is over", async () => {
        await play("over");
        await end("over");
        await play("posts", "OWL#2");
        await end("posts", true);
        const kept = (await records.matches.find("over"))!;
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 0)).toMatchObject({ gone: 0, left: 1 });
        expect(await records.matches.find("over")).toEqual(kept);
        expect(await records.ratings.find(7n)).toMatchObject({ matches: 2 });
        await giveUpPosting();
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 0)).toMatchObject({ gone: 2, left: 0 });
        expect((await records.matches.find("over"))!.p1.agentId).toBeNull();
        expect(await records.ratings.find(7n)).toBeNull();
        await expectTrueRatings(records.store);
      });

      test("nobody can take the name that is put for a code", async () => {
        for (const side of ["p1", "p2"]) {
          await play(side, "FOX#1", `forgotten-${side}`);
          await end(side);
        }
        await play("other", "forgotten-p1", "FOX#1");
        await end("other");
        expect(await records.persons.contender({ connectCode: "FOX#1" }, 0)).toMatchObject({ left: 0 });
        expect(await records.persons.contender({ connectCode: "forgotten-p1" }, 0)).toMatchObject({ left: 0 });
        expect(await everything()).not.toMatch(/FOX#1|"forgotten-p1"/);
      });

      test("a name that is in nothing, and one that is a part of another, are nobody", async () => {
        await play("m");
        await end("m");
        for (const name of [
          { connectCode: "FOX" },
          { connectCode: "%" },
          { wallet: "%" },
          { wallet: "ab" },
          { wallet: "" },
        ]) {
          expect(await records.persons.contender(name, 0)).toMatchObject({ gone: 0, left: 0 });
        }
        expect((await records.matches.find("m"))!.p1.connectCode).toBe("FOX#1");
      });

      test("the nonce of feedback that goes is remembered", async () => {
        await play("m");
        await end("m", true);
        for (const nonce of [4, 5]) {
          const transaction = { signer: "0xs", nonce, hash: `0x${nonce}`, raw: "0x02" };
          const next = async () => (await records.feedback.next(CHAIN))!;
          await records.feedback.advance(await next(), { state: "signed", transaction }, CHAIN, 30);
          await records.feedback.advance(await next(), { state: "confirmed" }, CHAIN, 31);
        }
        for (const connectCode of ["FOX#1", "MARTH#2"]) await records.persons.contender({ connectCode }, 0);
        expect(await records.feedback.lastNonce(CHAIN, "0xs")).toBe(5);
        expect(await records.ratings.leaderboard({ limit: 9, offset: 0 })).toEqual([]);
        expect((await records.matches.find("m"))!.result).not.toBeNull();
      });
    });
  });
}
