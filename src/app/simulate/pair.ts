import { Agent, nameOf, type AgentResult, type AgentStage } from "./agent.ts";
import type { Client } from "./client.ts";
import { Dice } from "./game/dice.ts";
import type { FightRules } from "./game/fight.ts";
import type { PublisherFigures } from "./publisher.ts";
import type { Tokens } from "./tokens.ts";

/** Who plays, in turn. Each keeps its number with the arena, so that runs add up to a ladder. */
const CAST = ["ADA", "BORIS", "CLEO", "DEXTER", "EDNA", "FELIX", "GRETA", "HUGO"] as const;
/** Far above the numbers that a registry would give. */
const FIRST_AGENT_ID = 9_000_000_001;
/** The same for wagers: no contract has come so far. */
const FIRST_WAGER_ID = 2n ** 128n;

export interface PairOptions {
  readonly client: Client;
  readonly tokens: Tokens;
  /** Frames a second. */
  readonly fps: number;
  readonly seed: string;
  readonly rules: FightRules;
  readonly wagers: boolean;
  readonly signal: AbortSignal;
  readonly figures: PublisherFigures;
  readonly heard: (news: PlayerNews) => void;
}

export interface PlayerNews {
  readonly player: string;
  readonly stage: AgentStage;
  readonly matchId: string | null;
}

/**
 * Two agents, `first` and the next number, who come to play; null for one who met nobody. They need not meet each other
 * where others wait, too.
 */
export async function playPair(
  options: PairOptions,
  first: number,
): Promise<readonly PromiseSettledResult<AgentResult | null>[]> {
  const { promise: hasJoined, resolve } = Promise.withResolvers<void>();
  // The second comes when the first waits: who is port 1 is no matter of luck.
  const one = agent(options, first, resolve).run();
  const two = Promise.race([hasJoined, one]).then(() => agent(options, first + 1).run());
  return Promise.allSettled([one, two]);
}

function agent(options: PairOptions, number: number, joined?: () => void): Agent {
  const { client, tokens, fps, seed, rules, wagers, signal, figures, heard } = options;
  const connectCode = connectCodeOf(seed, number);
  return new Agent({
    client: client.as(tokens.of({ sub: connectCode, scope: "client", player_id: connectCode })),
    rules,
    fps,
    signal,
    figures,
    connectCode,
    name: nameOf(connectCode),
    agentId: FIRST_AGENT_ID + (number % CAST.length),
    wager: wagers ? { id: FIRST_WAGER_ID + BigInt(number), amountWei: 10n ** 16n } : null,
    heard(stage, matchId) {
      heard({ player: connectCode, stage, matchId });
      if (stage !== "left") joined?.();
    },
  });
}

/** `ADA#4711`, another one for each seed and number. */
function connectCodeOf(seed: string, number: number): string {
  const digits = new Dice(`${seed} ${number}`).between(0, 999_999);
  return `${CAST[number % CAST.length]}#${String(digits).padStart(6, "0")}`;
}

/** Why agents failed, each reason once: if the first of a pair fails, so does whoever waited for it. */
export function reasonsOf(ends: readonly PromiseSettledResult<unknown>[]): readonly Error[] {
  return [...new Set(ends.filter((end) => end.status === "rejected").map(({ reason }) => reason as Error))];
}
