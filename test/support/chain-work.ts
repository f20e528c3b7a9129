import { createEvmChain } from "../../src/adapters/evm/chain.ts";
import { FeedbackPoster } from "../../src/core/chain/feedback-poster.ts";
import { ChainUnavailable } from "../../src/ports/chain.ts";
import type { Turns } from "../../src/ports/turns.ts";
import { CHAIN_ID, type RunningAnvil, type Wallet } from "./anvil.ts";
import { aContender } from "./examples.ts";
import { sqliteRecords, type MakeRecords, type TestRecords } from "./records.ts";
import { startRpcProxy, type RpcProxy } from "./rpc-proxy.ts";

/** A poster of ratings, taken step by step: real records, a real chain, time that stands still. */
export interface Posting {
  readonly records: TestRecords;
  readonly proxy: RpcProxy;
  readonly wallet: Wallet;
  /** Reasons of ratings that will never be posted. */
  readonly dead: string[];
  /** Plays and rates a match of two agents. */
  rate(one: bigint, two: bigint): Promise<string>;
  /** One round; what the chain does not allow right now ends it early. */
  round(): Promise<void>;
  /** Rounds until nothing is under way, with a second and a few blocks after each. */
  settle(most?: number): Promise<void>;
  /** Forgets everything that is not stored, as kill -9 does. */
  crash(): void;
  close(): Promise<void>;
}

let matches = 0;

export interface PostingOptions {
  readonly chainId?: number;
  readonly registry?: string;
  readonly turns?: Turns;
  readonly callMs?: number;
  /** A file of its own unless told. */
  readonly make?: MakeRecords;
}

export async function startPosting(anvil: RunningAnvil, options: PostingOptions = {}): Promise<Posting> {
  const records = await (options.make ?? sqliteRecords)();
  const proxy = startRpcProxy(anvil.url);
  const wallet = await anvil.wallet();
  const dead: string[] = [];
  const chainId = options.chainId ?? CHAIN_ID;
  const fresh = (): FeedbackPoster =>
    new FeedbackPoster({
      outbox: records.feedback,
      turns: options.turns ?? records.turns,
      chain: createEvmChain({
        rpcUrl: proxy.url,
        chainId,
        privateKey: wallet.privateKey,
        registry: options.registry ?? anvil.registry,
        wagers: null,
        callMs: options.callMs ?? 2_000,
      }),
      chainId,
      registry: (options.registry ?? anvil.registry).toLowerCase(),
      clock: records.clock,
      node: "node",
      onDead: (_, reason) => dead.push(reason),
    });
  let poster = fresh();
  const posting: Posting = {
    records,
    proxy,
    wallet,
    dead,
    async rate(one, two) {
      const id = `chain-${matches++}`;
      const join = (at: number, agentId: bigint) => {
        const contender = aContender(`${id}-${at}`, { agentId });
        return records.queue.join({ ...contender, queueId: `${id}-q${at}`, matchId: id }, 1000, -1);
      };
      await join(1, one);
      await join(2, two);
      const rate = () => ({ p1: 1516, p2: 1484 });
      const rating = { rate, initial: 1500, at: records.clock.now(), posted: true };
      const result = { winner: "p1", winnerScore: 3, loserScore: 0, completedAt: 2000 } as const;
      await records.matches.change(id, () => ({ status: "completed", result, rating }));
      return id;
    },
    async round() {
      try {
        await poster.round();
      } catch (error) {
        if (!(error instanceof ChainUnavailable)) throw error;
      }
    },
    async settle(most = 100) {
      for (let round = 0; round < most; round++) {
        await posting.round();
        const { queued, signed, sent } = await records.feedback.count();
        if (queued + signed + sent === 0) return;
        await anvil.test.mine({ blocks: 3 });
        await records.clock.advance(1_000);
      }
      throw new Error(`not settled after ${most} rounds: ${JSON.stringify(await records.feedback.count())}`);
    },
    crash() {
      poster = fresh();
    },
    async close() {
      await proxy.stop();
      await records.close();
    },
  };
  return posting;
}
