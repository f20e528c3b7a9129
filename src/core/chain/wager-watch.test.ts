import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aContender } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { ChainUnavailable, type Chain, type SettledWager } from "../../ports/chain.ts";
import { proofIdOf } from "../signatures/match-proof.ts";
import { WagerWatch } from "./wager-watch.ts";

const CHAIN = 10143;

let records: TestRecords;
/** The chain: its newest final block, what was paid in which block, and what was read. */
let finalized: number;
let paid: Map<number, SettledWager>;
let read: [number, number][];
let away: boolean;
beforeEach(async () => {
  records = await sqliteRecords();
  finalized = 100;
  paid = new Map();
  read = [];
  away = false;
});
afterEach(() => records.close());

const chain = {
  async finalized() {
    if (away) throw new ChainUnavailable("it is away");
    return finalized;
  },
  blockBefore: async () => 40,
  async settledWagers(from: number, to: number) {
    read.push([from, to]);
    return [...paid].filter(([block]) => from <= block && block <= to).map(([, wager]) => wager);
  },
} as Partial<Chain> as Chain;

const watch = (node = "node", contract = "0xc"): WagerWatch =>
  new WagerWatch({
    settlements: records.wagers,
    turns: records.turns,
    chain,
    chainId: CHAIN,
    contract,
    clock: records.clock,
    node,
  });
async function accept(id: string, wagerId: bigint): Promise<void> {
  for (const side of [1, 2]) {
    const contender = { ...aContender(`${id}-${side}`), queueId: `${id}-q${side}`, matchId: id };
    await records.queue.join(contender, records.clock.now(), -1);
  }
  const wager = { status: "accepted", wagerId, amountWei: 1n, proposer: "p1" } as const;
  await records.matches.change(id, () => ({ wager }));
}
const statusOf = async (id: string) => (await records.matches.find(id))!.wager!.status;
const pay = (block: number, wagerId: bigint, id: string) => paid.set(block, { wagerId, proofId: proofIdOf(id) });

describe("watching wagers", () => {
  test("asks the chain nothing while no wager waits", async () => {
    expect(await watch().round()).toBe("idle");
    away = true;
    expect(await watch().round()).toBe("idle");
    expect(read).toEqual([]);
  });

  test("gives up a wager that nobody brings to the contract", async () => {
    await accept("one", 7n);
    await watch().round();
    await records.clock.advance(30 * 24 * 60 * 60_000);
    away = true;
    expect(await watch().round()).toBe("idle");
  });

  test("settles what was paid for the match itself, and reads each block once", async () => {
    await accept("one", 7n);
    await accept("two", 7n);
    pay(60, 7n, "one");
    expect(await watch().round()).toBe("idle");
    expect([await statusOf("one"), await statusOf("two")]).toEqual(["settled", "accepted"]);
    finalized = 120;
    pay(101, 7n, "nobody's");
    await watch().round();
    await watch().round();
    expect(read).toEqual([
      [40, 100],
      [101, 120],
    ]);
    expect(await statusOf("two")).toBe("accepted");
  });

  test("goes on where it was after the chain was away", async () => {
    await accept("one", 7n);
    await watch().round();
    away = true;
    pay(150, 7n, "one");
    const failed = watch().round();
    expect(failed).rejects.toThrow("it is away");
    await failed.catch(() => undefined);
    away = false;
    finalized = 160;
    await watch().round();
    expect([read.at(-1), await statusOf("one")]).toEqual([[101, 160], "settled"]);
  });

  test("reads a long way in parts, and passes over blocks from before the oldest wager", async () => {
    await accept("one", 7n);
    await records.wagers.settle([], CHAIN, "0xc", 2);
    finalized = 25_000;
    pay(24_000, 7n, "one");
    expect(await watch().round()).toBe("more");
    expect(await watch().round()).toBe("more");
    expect(await statusOf("one")).toBe("accepted");
    await watch().round();
    expect(read).toEqual([
      [40, 10_039],
      [10_040, 20_039],
      [20_040, 25_000],
    ]);
    expect(await statusOf("one")).toBe("settled");
  });

  test("is one node's work at a time", async () => {
    await accept("one", 7n);
    await watch("a").round();
    finalized = 110;
    expect(await watch("b").round()).toBe("idle");
    expect(read).toHaveLength(1);
    await watch("a").leave();
    await watch("b").round();
    expect(read).toHaveLength(2);
  });
});
