import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sql } from "kysely";
import { keccak256, stringToHex, type Hex } from "viem";
import { createEvmChain } from "../../src/adapters/evm/chain.ts";
import { FeedbackPoster } from "../../src/core/chain/feedback-poster.ts";
import { CHAIN_ID, startAnvil, type RunningAnvil, type Wallet } from "../support/anvil.ts";
import { startPosting, type Posting } from "../support/chain-work.ts";
import { startPostgres } from "../support/postgres.ts";
import { postgresRecords } from "../support/records.ts";
import type { Fault } from "../support/rpc-proxy.ts";

let anvil: RunningAnvil;
let posting: Posting;
/** Agents that nobody has rated yet. */
let agents = 1n;
const twoAgents = (): [bigint, bigint] => [agents++, agents++];
beforeAll(async () => {
  anvil = await startAnvil();
}, 20_000);
afterAll(() => anvil.stop());
beforeEach(async () => {
  await anvil.test.setAutomine(true);
  posting = await startPosting(anvil);
});
afterEach(() => posting.close());

const given = (agentId: bigint) => anvil.feedback(agentId, posting.wallet.address);
const SEND = "eth_sendRawTransaction" as const;

describe("posting ratings", () => {
  test("each side's rating is said once, in the words that are documented", async () => {
    const [one, two] = twoAgents();
    const matchId = await posting.rate(one, two);
    await posting.settle();
    const [[feedback], [other]] = await Promise.all([given(one), given(two)]);
    const document = Buffer.from(
      feedback.feedbackURI.replace("data:application/json;base64,", ""),
      "base64",
    ).toString();
    expect(feedback).toMatchObject({ agentId: one, value: 1516n, valueDecimals: 0, tag1: "elo", tag2: "melee" });
    expect(feedback).toMatchObject({ endpoint: "", feedbackHash: keccak256(stringToHex(document)) });
    expect(JSON.parse(document)).toMatchObject({ agentId: one.toString(), matchId, elo: 1516, outcome: "won" });
    expect(other).toMatchObject({ agentId: two, value: 1484n });
    expect(await posting.records.feedback.count()).toEqual({ queued: 0, signed: 0, sent: 0, dead: 0 });
  });

  test("a transaction that the endpoint swallowed is sent again, byte for byte, and not before it was stored", async () => {
    const [one, two] = twoAgents();
    await posting.rate(one, two);
    let stored = -1;
    posting.proxy.fault = (method) => {
      if (method !== SEND) return undefined;
      if (posting.proxy.raw.length > 1) return posting.proxy.raw.length > 3 ? undefined : "drop";
      void posting.records.feedback.count().then(({ signed }) => (stored = signed));
      return "drop";
    };
    await posting.settle();
    expect(stored).toBe(1);
    expect(posting.proxy.raw.length).toBeGreaterThan(3);
    expect(new Set(posting.proxy.raw.slice(0, 4)).size).toBe(1);
    expect([(await given(one)).length, (await given(two)).length]).toEqual([1, 1]);
  });

  test("nothing counts as posted before its block is final", async () => {
    await posting.rate(...twoAgents());
    await posting.round();
    await posting.round();
    expect(await posting.records.feedback.count()).toMatchObject({ signed: 1, queued: 1 });
    await anvil.test.mine({ blocks: 3 });
    await posting.round();
    expect(await posting.records.feedback.count()).toEqual({ queued: 1, signed: 0, sent: 0, dead: 0 });
  });

  test("a new transaction is signed only once something else has used up the nonce for good", async () => {
    const [one, two] = twoAgents();
    await posting.rate(one, two);
    posting.proxy.fault = (method) => (method === SEND ? "drop" : undefined);
    await posting.round();
    await posting.round();
    // Somebody else with the same key.
    await anvil.write(posting.wallet, anvil.registry, "setOwner", [999_999n, anvil.registry]);
    await anvil.test.mine({ blocks: 5 });
    for (let second = 0; second < 29; second++) {
      await posting.round();
      await posting.records.clock.advance(1_000);
    }
    expect(new Set(posting.proxy.raw).size).toBe(1);
    posting.proxy.fault = () => undefined;
    await posting.settle();
    expect(new Set(posting.proxy.raw).size).toBe(3);
    expect([(await given(one)).length, (await given(two)).length]).toEqual([1, 1]);
  });

  test("what is on the chain already is not said again by records that do not know of it", async () => {
    const [one, two] = twoAgents();
    await posting.rate(one, two);
    await posting.settle();
    await posting.records.store.transact((db) =>
      sql`UPDATE feedback_outbox SET state = 'queued', chain_id = NULL, signer = NULL, nonce = NULL,
        tx_hash = NULL, tx_raw = NULL`.execute(db),
    );
    const before = posting.proxy.raw.length;
    await posting.settle();
    expect(posting.proxy.raw).toHaveLength(before);
    expect([(await given(one)).length, (await given(two)).length]).toEqual([1, 1]);
  });

  test("a long way back is read once for all ratings, also when calls fail, and what is there is found", async () => {
    // Its own, because whoever looks at it later has a long way as well.
    const long = await startAnvil();
    const late = await startPosting(long);
    try {
      const pairs = Array.from({ length: 4 }, twoAgents);
      for (const pair of pairs) await late.rate(...pair);
      const unposted = async () =>
        Object.values(await late.records.feedback.count()).reduce((sum, one) => sum + one, 0);
      while ((await unposted()) > 5) {
        await late.round();
        await long.test.mine({ blocks: 3 });
      }
      // Three of eight are forgotten, as by a backup from before; then comes a long outage.
      await late.records.store.transact(async (db) => {
        await sql`UPDATE feedback_outbox SET state = 'queued', chain_id = NULL, signer = NULL, nonce = NULL,
          tx_hash = NULL, tx_raw = NULL`.execute(db);
        await sql`DELETE FROM feedback_cursors`.execute(db);
      });
      for (let part = 0; part < 12; part++) await long.test.mine({ blocks: 200 });
      const { calls } = late.proxy;
      let asked = 0;
      late.proxy.fault = (method) => (method === "eth_getLogs" && ++asked % 3 === 0 ? "fail" : undefined);
      calls.clear();
      await late.settle();
      const counts = await Promise.all(pairs.flat().map((id) => long.feedback(id, late.wallet.address)));
      expect(counts.map((events) => events.length)).toEqual(pairs.flat().map(() => 1));
      // Three parts of the way, a look for each of five, and what failed; from each rating on it would be twice that.
      expect(calls.get("eth_getLogs")!).toBeLessThan(20);
      const place = {
        chainId: CHAIN_ID,
        registry: long.registry.toLowerCase(),
        signer: late.wallet.address.toLowerCase(),
      };
      expect(await late.records.feedback.nextBlock(place)).toBeGreaterThan(2_000);
    } finally {
      await late.close();
      await long.stop();
    }
  }, 30_000);

  test("feedback on an agent of one's own is refused: it is dead, with the reason, and the others go on", async () => {
    const [mine, other] = twoAgents();
    await anvil.write(posting.wallet, anvil.registry, "setOwner", [mine, posting.wallet.address]);
    await posting.rate(mine, other);
    await posting.settle();
    expect(posting.dead).toEqual(["Self-feedback not allowed"]);
    expect(await posting.records.feedback.count()).toEqual({ queued: 0, signed: 0, sent: 0, dead: 1 });
    expect([(await given(mine)).length, (await given(other)).length]).toEqual([0, 1]);
  });

  test("one that reverts on the chain itself is dead as well, and its nonce counts", async () => {
    const [mine, other] = twoAgents();
    await posting.rate(mine, other);
    await anvil.test.setAutomine(false);
    await posting.round();
    // The agent changes hands after the contract was asked and before the block: in its storage, since a transaction
    // would come after ours.
    await anvil.test.setStorageAt({
      address: anvil.registry,
      index: keccak256(`0x${mine.toString(16).padStart(64, "0")}${"0".repeat(64)}`),
      value: `0x${posting.wallet.address.slice(2).toLowerCase().padStart(64, "0")}`,
    });
    await posting.settle();
    expect(posting.dead).toEqual(["the transaction was carried out and reverted"]);
    expect((await given(other)).length).toBe(1);
  });

  test("on another chain, or where there is no contract, nothing is signed", async () => {
    for (const wrong of [{ chainId: 143 }, { registry: `0x${"5".repeat(40)}` }]) {
      const lost = await startPosting(anvil, wrong);
      await lost.rate(...twoAgents());
      await lost.round();
      await lost.round();
      expect(lost.proxy.raw).toEqual([]);
      expect(await lost.records.feedback.count()).toMatchObject({ queued: 2 });
      await lost.close();
    }
  });

  test("a wallet that cannot pay posts once it can", async () => {
    const [one, two] = twoAgents();
    await anvil.test.setBalance({ address: posting.wallet.address, value: 0n });
    await posting.rate(one, two);
    for (let round = 0; round < 5; round++) await posting.round();
    expect(await posting.records.feedback.count()).toEqual({ queued: 1, signed: 1, sent: 0, dead: 0 });
    await anvil.test.setBalance({ address: posting.wallet.address, value: 10n ** 20n });
    await posting.settle();
    expect([(await given(one)).length, (await given(two)).length]).toEqual([1, 1]);
  });

  test("nodes that all think it is their turn post everything once", async () => {
    const turns = { take: async () => true, leave: async () => undefined };
    const postgres = await startPostgres();
    const shared = await startPosting(anvil, { turns, make: () => postgresRecords(postgres) });
    const pairs = Array.from({ length: 4 }, twoAgents);
    for (const pair of pairs) await shared.rate(...pair);
    const nodes = Array.from({ length: 3 }, (_, at) => posterLike(shared, `node-${at}`, turns));
    for (let round = 0; round < 200; round++) {
      await Promise.all(nodes.map((node) => node.round().catch(() => undefined)));
      const { queued, signed, sent } = await shared.records.feedback.count();
      if (queued + signed + sent === 0) break;
      await anvil.test.mine({ blocks: 2 });
      await shared.records.clock.advance(1_000);
    }
    const counts = await Promise.all(pairs.flat().map((id) => anvil.feedback(id, shared.wallet.address)));
    expect(counts.map((events) => events.length)).toEqual(pairs.flat().map(() => 1));
    await shared.close();
    await postgres.stop();
  }, 30_000);

  test("whatever is dropped, late, doubled, lost or outrun, and wherever it crashes: each once", async () => {
    const faults: readonly (Fault | undefined)[] = ["drop", "lose answer", "duplicate", "fail", undefined, undefined];
    const moves = ["crash", "block", "block", "late", "outrun", "nothing"] as const;
    await anvil.test.setAutomine(false);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...faults), { minLength: 20, maxLength: 60 }),
        fc.array(fc.constantFrom(...moves), { minLength: 20, maxLength: 40 }),
        async (plan, steps) => {
          const rough = await startPosting(anvil);
          const handIn = (raw: string) =>
            anvil.public.request({ method: SEND, params: [raw as Hex] }).catch(() => null);
          try {
            let at = 0;
            rough.proxy.fault = (method) => {
              const fault = plan[at++ % plan.length];
              // Every other call goes well, or hardly a step would.
              if (method !== SEND) return at % 8 === 0 && fault !== "drop" ? fault : undefined;
              return fault;
            };
            const ids = twoAgents();
            await rough.rate(...ids);
            for (const step of steps) {
              await rough.round();
              if (step === "crash") rough.crash();
              if (step === "block") await anvil.test.mine({ blocks: 2 });
              // What the network has held back so far comes out, all of it.
              if (step === "late") for (const raw of rough.proxy.raw) await handIn(raw);
              if (step === "outrun") await handIn(await another(rough.wallet));
              await rough.records.clock.advance(9_000);
            }
            rough.proxy.fault = () => undefined;
            await rough.settle();
            for (const raw of rough.proxy.raw) await handIn(raw);
            await anvil.test.mine({ blocks: 3 });
            const events = await Promise.all(ids.map((id) => anvil.feedback(id, rough.wallet.address)));
            expect(events.map(({ length }) => length)).toEqual([1, 1]);
          } finally {
            await rough.close();
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});

/** A transaction for nothing that takes the wallet's next nonce, and pays more than ours for it. */
async function another(wallet: Wallet): Promise<Hex> {
  const nonce = await anvil.public.getTransactionCount({ address: wallet.address });
  const fee = 10n ** 12n;
  const fees = { gas: 30_000n, maxFeePerGas: fee, maxPriorityFeePerGas: fee };
  return wallet.signTransaction({ chainId: CHAIN_ID, type: "eip1559", to: wallet.address, nonce, ...fees });
}

/** Another node on the same records and the same wallet. */
function posterLike(
  { records, proxy, wallet }: Posting,
  node: string,
  turns: ConstructorParameters<typeof FeedbackPoster>[0]["turns"],
) {
  const chain = createEvmChain({
    rpcUrl: proxy.url,
    chainId: CHAIN_ID,
    privateKey: wallet.privateKey,
    registry: anvil.registry,
    wagers: null,
  });
  const onDead = (): void => undefined;
  return new FeedbackPoster({
    outbox: records.feedback,
    turns,
    chain,
    chainId: CHAIN_ID,
    registry: anvil.registry.toLowerCase(),
    clock: records.clock,
    node,
    onDead,
  });
}
