import { Agent, nameOf, type AgentResult, type AgentStage } from "./agent.ts";
import { ArenaClient } from "./arena-client.ts";
import { Dice } from "./game/dice.ts";
import type { FightRules } from "./game/fight.ts";
import type { PublisherFigures } from "./publisher.ts";

/** Who plays, in turn. Each keeps its number with the arena, so that runs add up to a ladder. */
const CAST = ["ADA", "BORIS", "CLEO", "DEXTER", "EDNA", "FELIX", "GRETA", "HUGO"] as const;
/** Far above the numbers that a registry would give. */
const FIRST_AGENT_ID = 9_000_000_001;
/** The same for wagers: no contract has come so far. */
const FIRST_WAGER_ID = 2n ** 128n;

export interface SimulationOptions {
  readonly url: string;
  readonly matches: number;
  /** How many matches are played at once. */
  readonly atOnce: number;
  /** Frames a second. */
  readonly rate: number;
  readonly seed: string;
  readonly rules: FightRules;
  readonly wagers: boolean;
  readonly signal: AbortSignal;
  readonly heard: (news: SimulationNews) => void;
  /** Gets the figures at the start; they grow. */
  readonly counted?: (figures: PublisherFigures) => void;
}

export interface SimulationNews {
  readonly player: string;
  readonly stage: AgentStage;
  readonly matchId: string | null;
}

export interface Simulation {
  /** Of each match once, in the order in which they ended. */
  readonly results: readonly AgentResult[];
  readonly failures: readonly unknown[];
  readonly figures: PublisherFigures;
}

/**
 * Plays matches on an arena, two agents each. The same seed makes the same players with the same fights, as long as they
 * meet the same opponents; only their keys are new each time. Ends early, with everybody gone, when the signal says so.
 */
export async function simulateArena(options: SimulationOptions): Promise<Simulation> {
  const client = new ArenaClient(options.url);
  const figures: PublisherFigures = { framesSent: 0, framesLeftOut: 0 };
  options.counted?.(figures);
  // One that is not there at all is no reason to try again and again.
  try {
    await client.get("/health");
  } catch (error) {
    return { results: [], failures: [error], figures };
  }
  const results = new Map<string, AgentResult>();
  const failures: unknown[] = [];
  let next = 0;
  const run = async (number: number, joined?: () => void): Promise<void> => {
    const result = await agent(options, client, figures, number, joined).run();
    if (result !== null) results.set(result.matchId, result);
  };
  /** The second comes when the first waits: who is port 1 is no matter of luck. */
  const pair = async (first: number): Promise<readonly PromiseSettledResult<void>[]> => {
    const { promise: hasJoined, resolve } = Promise.withResolvers<void>();
    const one = run(first, resolve);
    const two = Promise.race([hasJoined, one]).then(() => run(first + 1));
    return Promise.allSettled([one, two]);
  };
  const playOn = async (): Promise<void> => {
    while (next < options.matches && !options.signal.aborted) {
      const match = next++;
      const ends = await pair(2 * match);
      // If the first one fails, so does whoever waited for it, for the same reason.
      failures.push(...new Set(ends.filter((end) => end.status === "rejected").map(({ reason }) => reason as unknown)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, options.matches) }, playOn));
  return { results: [...results.values()], failures, figures };
}

function agent(
  options: SimulationOptions,
  client: ArenaClient,
  figures: PublisherFigures,
  number: number,
  joined?: () => void,
): Agent {
  const connectCode = connectCodeOf(options.seed, number);
  const { rules, rate, signal } = options;
  return new Agent({
    client,
    rules,
    rate,
    signal,
    figures,
    connectCode,
    name: nameOf(connectCode),
    agentId: FIRST_AGENT_ID + (number % CAST.length),
    wager: options.wagers ? { id: FIRST_WAGER_ID + BigInt(number), amountWei: 10n ** 16n } : null,
    heard(stage, matchId) {
      options.heard({ player: connectCode, stage, matchId });
      if (stage !== "left") joined?.();
    },
  });
}

/** `ADA#4711`, another one for each seed and number. */
export function connectCodeOf(seed: string, number: number): string {
  const digits = new Dice(`${seed} ${number}`).between(0, 999_999);
  return `${CAST[number % CAST.length]}#${String(digits).padStart(6, "0")}`;
}
