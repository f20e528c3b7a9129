import { Rounds } from "../core/flow/rounds.ts";
import type { Chain } from "../ports/chain.ts";
import type { Clock } from "../ports/clock.ts";
import type { Face, Figure } from "../transport/face.ts";
import type { Config } from "./config/settings.ts";
import type { FailureLog } from "./failures.ts";
import type { Logger } from "./log.ts";
import type { RecordKeeper } from "./records.ts";

/** How often to look whether there is something to post, in ms. */
const POST_MS = 1_000;
/** How often to look for payments while a wager waits for one, in ms. */
const WAGERS_MS = 3_000;
/** How often to look what the signer has, in ms. */
const BALANCE_MS = 60_000;
/** Below this the log warns, in wei: some dozens of posts at usual fees. */
const LOW_BALANCE = 10n ** 18n;

export interface ChainWorkOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly records: RecordKeeper | null;
  readonly node: string;
  readonly log: Logger;
  readonly report: FailureLog;
}

/** What runs beside the faces if the settings name a key or a Wager contract: no request ever waits for it. */
export async function chainWork(options: ChainWorkOptions): Promise<readonly Face[]> {
  const { config, clock, records, log, report } = options;
  const { ARENA_PRIVATE_KEY: privateKey, WAGER_CONTRACT: contract, MONAD_CHAIN_ID: chainId } = config;
  if (records === null || !config.FACES.includes("arena") || (privateKey === null && contract === null)) return [];
  // Loaded only where it is used: it would take a good part of the start.
  const { createEvmChain } = await import("../adapters/evm/chain.ts");
  const { FeedbackPoster } = await import("../core/chain/feedback-poster.ts");
  const { WagerWatch } = await import("../core/chain/wager-watch.ts");
  const chain = createEvmChain({
    rpcUrl: config.MONAD_RPC_URL,
    chainId,
    privateKey,
    registry: config.REPUTATION_REGISTRY,
    wagers: contract,
  });
  const { turns } = records;
  // A file has one node; after a restart it goes on at once.
  const node = records.shared ? options.node : "only";
  const failed = (what: string) => (error: unknown) => report(what, error);
  const work: { readonly rounds: Rounds; leave(): Promise<void> }[] = [];
  const figures: (() => Promise<readonly Figure[]>)[] = [];

  if (chain.signer !== null) {
    const poster = new FeedbackPoster({
      outbox: records.feedback,
      turns,
      chain,
      chainId,
      registry: config.REPUTATION_REGISTRY.toLowerCase(),
      clock,
      node,
      onDead: ({ matchId, agentId }, reason) =>
        log.error({ match: matchId, agent: agentId.toString(), reason }, "a rating will never be posted"),
    });
    const posting = new Rounds({
      clock,
      idleMs: POST_MS,
      round: () => poster.round(),
      failed: failed("could not post ratings"),
    });
    const purse = watchBalance(chain, chain.signer, log);
    const looking = new Rounds({
      clock,
      idleMs: BALANCE_MS,
      round: () => purse.round(),
      failed: failed("could not read the signer's balance"),
    });
    work.push({ rounds: posting, leave: () => poster.leave() }, { rounds: looking, leave: async () => undefined });
    figures.push(async () => [
      ...Object.entries(await records.feedback.count()).map(([state, value]): Figure => ({
        name: "arena_feedback",
        help: "Ratings for the chain, by how far they are; a dead one will never be posted.",
        type: "gauge",
        value,
        labels: { state },
      })),
      ...purse.figures(),
      failing("post", posting),
    ]);
  }
  if (contract !== null) {
    const wagers = new WagerWatch({ settlements: records.wagers, turns, chain, chainId, contract, clock, node });
    const watching = new Rounds({
      clock,
      idleMs: WAGERS_MS,
      round: () => wagers.round(),
      failed: failed("could not look for settled wagers"),
    });
    work.push({ rounds: watching, leave: () => wagers.leave() });
    figures.push(async () => [failing("wagers", watching)]);
  }
  return [
    {
      name: "chain",
      http: [],
      figures: async () => (await Promise.all(figures.map((read) => read()))).flat(),
      start: () => work.forEach(({ rounds }) => rounds.start()),
      async stop() {
        await Promise.all(work.map(({ rounds }) => rounds.stop()));
        await Promise.all(work.map(({ leave }) => leave()));
      },
    },
  ];
}

function failing(name: string, rounds: Rounds): Figure {
  return {
    name: "chain_failures",
    help: "Rounds of work on the chain that failed one after the other; 0: all is well.",
    type: "gauge",
    value: rounds.failures,
    labels: { work: name },
  };
}

/** What the signer has left, for metrics, and a warning when it runs low. */
function watchBalance(chain: Chain, signer: string, log: Logger) {
  let balance: bigint | null = null;
  return {
    async round() {
      const before = balance;
      balance = await chain.balance(signer);
      const wasLow = before !== null && before < LOW_BALANCE;
      if (balance < LOW_BALANCE && !wasLow) {
        log.warn({ signer, mon: inMon(balance) }, "the wallet that posts ratings runs low");
      }
      return "idle" as const;
    },
    figures(): readonly Figure[] {
      if (balance === null) return [];
      const help = "What the wallet that posts ratings has, in MON.";
      return [{ name: "arena_signer_balance", help, type: "gauge", value: inMon(balance) }];
    },
  };
}

function inMon(wei: bigint): number {
  return Number(wei) / 1e18;
}
