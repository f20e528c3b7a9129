import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { SignedTransaction } from "../../src/ports/chain.ts";
import type { QueuedFeedback } from "../../src/ports/feedback-outbox.ts";
import { aContender } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const CHAIN = 10143;

/** What {@link FeedbackOutbox}, {@link Turns} and {@link WagerSettlements} promise, on any adapter. */
export function chainRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`records of the chain on ${adapter}`, () => {
    let records: TestRecords;
    let made = 0;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const match = async (): Promise<string> => {
      const id = `chain${made++}`;
      for (const [at, agentId] of [1n, 2n ** 200n].entries()) {
        const contender = aContender(`${id}-${at}`, { agentId });
        await records.queue.join({ ...contender, queueId: `${id}-q${at}`, matchId: id }, 1000 + made, -1);
      }
      return id;
    };
    const rate = async (posted = true): Promise<string> => {
      const id = await match();
      const rating = { rate: () => ({ p1: 1516, p2: 1484 }), initial: 1500, at: 7, posted };
      await Promise.all([1, 2].map(() => records.matches.change(id, () => ({ rating }))));
      return id;
    };
    const tx = (nonce: number, signer = "0xa"): SignedTransaction => ({
      signer,
      nonce,
      hash: `0x${nonce}`,
      raw: "0x02",
    });
    const next = async (): Promise<QueuedFeedback> => (await records.feedback.next(CHAIN))!;
    const sign = async (nonce: number, signer?: string, feedback?: QueuedFeedback): Promise<boolean> => {
      const step = { state: "signed", transaction: tx(nonce, signer) } as const;
      return records.feedback.advance(feedback ?? (await next()), step, CHAIN, 9);
    };
    const be = async (state: "sent" | "confirmed" | "queued"): Promise<boolean> =>
      records.feedback.advance(await next(), { state }, CHAIN, 9);

    test("a rating that is to be posted queues both sides, once; others queue nothing", async () => {
      await rate(false);
      expect(await records.feedback.next(CHAIN)).toBeNull();
      const matchId = await rate();
      expect(await records.feedback.count()).toEqual({ queued: 2, signed: 0, sent: 0, dead: 0 });
      expect(await next()).toMatchObject({ matchId, agentId: 1n, opponentId: 2n ** 200n, after: 1516, at: 7 });
    });

    test("what is in flight on the chain comes before what is queued, and keeps its transaction", async () => {
      await rate();
      await rate();
      const first = await next();
      expect(await sign(5)).toBe(true);
      expect(await next()).toMatchObject({ id: first.id, state: "signed", transaction: tx(5) });
      expect(await be("sent")).toBe(true);
      expect(await next()).toMatchObject({ id: first.id, state: "sent", transaction: tx(5) });
      expect((await records.feedback.next(1))!.id).not.toBe(first.id);
      expect(await be("confirmed")).toBe(true);
      expect(await next()).toMatchObject({ agentId: 2n ** 200n, matchId: first.matchId, transaction: null });
    });

    test("whoever read an older state writes nothing", async () => {
      await rate();
      const read = await next();
      expect(await sign(5, "0xa", read)).toBe(true);
      expect(await sign(6, "0xa", read)).toBe(false);
      expect(await records.feedback.advance(read, { state: "dead", reason: "no" }, CHAIN, 9)).toBe(false);
      expect(await next()).toMatchObject({ state: "signed", transaction: tx(5) });
    });

    test("of many that sign at once for one signer one succeeds; another signer has its own", async () => {
      const all: QueuedFeedback[] = [];
      for (let at = 0; at < 4; at++) await rate();
      // Read them all, by letting each step aside for a moment.
      for (let at = 0; at < 8; at++) {
        const one = await next();
        all.push({ ...one, revision: one.revision + 2 });
        await sign(at, `0x${at}`);
        await be("confirmed");
      }
      for (const one of all) {
        await records.feedback.advance(one, { state: "queued" }, CHAIN, 9);
      }
      const ready = all.map((one) => ({ ...one, revision: one.revision + 1 }));
      const signed = await Promise.all(ready.map((one, at) => sign(100 + at, at < 7 ? "0xa" : "0xb", one)));
      expect(signed.slice(0, 7).filter(Boolean)).toHaveLength(1);
      expect(signed[7]).toBe(true);
    });

    test("a nonce is given away once, unless its transaction is void", async () => {
      await rate();
      await sign(5);
      expect(await records.feedback.lastNonce(CHAIN, "0xa")).toBe(5);
      await be("queued");
      expect(await records.feedback.lastNonce(CHAIN, "0xa")).toBeNull();
      expect((await next()).transaction).toBeNull();
      await sign(5);
      await be("confirmed");
      expect(await sign(5)).toBe(false);
      expect(await records.feedback.lastNonce(CHAIN, "0xa")).toBe(5);
      expect(await records.feedback.lastNonce(1, "0xa")).toBeNull();
      expect(await records.feedback.advance(await next(), { state: "dead", reason: "no" }, CHAIN, 9)).toBe(true);
      expect(await records.feedback.count()).toEqual({ queued: 0, signed: 0, sent: 0, dead: 1 });
    });

    test("an agent's unposted ratings are those that are queued, or in flight on the chain", async () => {
      const { feedback } = records;
      const matchId = await rate();
      const ids = async (chainId = CHAIN) => (await feedback.unposted(chainId, 1n)).map((one) => one.matchId);
      expect(await ids()).toEqual([matchId]);
      expect(await ids(1)).toEqual([matchId]);
      expect((await feedback.unposted(CHAIN, 2n ** 200n)).map((one) => one.agentId)).toEqual([2n ** 200n]);
      await sign(5);
      expect([await ids(), await ids(1)]).toEqual([[matchId], []]);
      expect((await feedback.unposted(CHAIN, 1n))[0]).toMatchObject({ state: "signed", transaction: tx(5) });
      await be("confirmed");
      expect(await ids()).toEqual([]);
      expect(await feedback.unposted(CHAIN, 3n)).toEqual([]);
    });

    test("where to read on is kept for each place, and only grows", async () => {
      const { feedback } = records;
      const place = { chainId: CHAIN, registry: "0xr", signer: "0xa" };
      expect(await feedback.nextBlock(place)).toBeNull();
      await Promise.all([7, 30, 12].map((block) => feedback.goOn(place, block)));
      await feedback.goOn(place, 29);
      expect(await feedback.nextBlock(place)).toBe(30);
      for (const other of [{ chainId: 1 }, { registry: "0xs" }, { signer: "0xb" }]) {
        expect(await feedback.nextBlock({ ...place, ...other })).toBeNull();
      }
    });

    test("a turn is one holder's until its time is up or it leaves", async () => {
      const { turns } = records;
      const all = await Promise.all(Array.from({ length: 8 }, (_, at) => turns.take("w", `n${at}`, 1000, 50)));
      expect(all.filter(Boolean)).toHaveLength(1);
      const holder = `n${all.indexOf(true)}`;
      expect(await turns.take("w", "other", 1049, 50)).toBe(false);
      expect(await turns.take("other work", "other", 1000, 50)).toBe(true);
      expect(await turns.take("w", holder, 1049, 50)).toBe(true);
      expect(await turns.take("w", "other", 1098, 50)).toBe(false);
      expect(await turns.take("w", "other", 1099, 50)).toBe(true);
      await turns.leave("w", holder);
      expect(await turns.take("w", holder, 1100, 50)).toBe(false);
      await turns.leave("w", "other");
      expect(await turns.take("w", holder, 1100, 50)).toBe(true);
    });

    test("a wager that nobody will be paid is not the oldest any more", async () => {
      const { wagers, matches } = records;
      const ids = [await match(), await match(), await match(), await match()];
      for (const id of ids) {
        await matches.change(id, () => ({
          wager: { status: "accepted", wagerId: 1n, amountWei: 1n, proposer: "p1" },
        }));
      }
      const oldest = async () => await wagers.oldestAccepted(0);
      const made = await Promise.all(ids.map(async (id) => (await matches.find(id))!.createdAt));
      const result = { winner: null, winnerScore: 1, loserScore: 1, completedAt: 2000 };
      await matches.change(ids[0]!, () => ({ status: "completed", result }));
      expect(await oldest()).toBe(made[1]!);
      await matches.change(ids[1]!, () => ({ status: "expired" }));
      expect(await oldest()).toBe(made[2]!);
      await matches.change(ids[2]!, () => ({ status: "completed", result: { ...result, winner: "p2" } }));
      expect(await oldest()).toBe(made[2]!);
      await wagers.settle([ids[2]!], CHAIN, "0xc", 1);
      expect(await oldest()).toBe(made[3]!);
    });

    test("wagers settle once they are accepted, and the next block only grows", async () => {
      const { wagers } = records;
      expect([await wagers.oldestAccepted(0), await wagers.nextBlock(CHAIN, "0xc")]).toEqual([null, null]);
      const [one, two, three] = [await match(), await match(), await match()];
      const wager = (status: "accepted" | "proposed", wagerId: bigint) =>
        ({ wager: { status, wagerId, amountWei: 1n, proposer: "p1" } }) as const;
      await records.matches.change(one, () => wager("accepted", 2n ** 255n));
      await records.matches.change(two, () => wager("accepted", 2n ** 255n));
      await records.matches.change(three, () => wager("proposed", 4n));
      const { createdAt } = (await records.matches.find(one))!;
      expect(await wagers.oldestAccepted(createdAt - 1)).toBe(createdAt);
      expect(await wagers.oldestAccepted(createdAt)).toBe((await records.matches.find(two))!.createdAt);
      expect(await wagers.accepted([])).toEqual([]);
      expect((await wagers.accepted([2n ** 255n, 4n])).map(({ matchId }) => matchId).sort()).toEqual([one, two].sort());
      await wagers.settle([one, three], CHAIN, "0xc", 10);
      await wagers.settle([], CHAIN, "0xc", 7);
      expect(await wagers.nextBlock(CHAIN, "0xc")).toBe(10);
      expect(await wagers.nextBlock(1, "0xc")).toBeNull();
      const statuses = await Promise.all([one, two, three].map((id) => records.matches.find(id)));
      expect(statuses.map((found) => found!.wager!.status)).toEqual(["settled", "accepted", "proposed"]);
    });
  });
}
