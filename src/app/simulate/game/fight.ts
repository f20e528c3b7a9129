import { Dice } from "./dice.ts";
import { playGame, type GameEnd, type GameFrame, type Port } from "./game.ts";
import { stages } from "./stages.ts";

export interface FightRules {
  /** Games at most; whoever wins more than half has won. Odd. */
  readonly bestOf: number;
  /** Of each fighter in each game. */
  readonly stocks: number;
}

/** What happens in a fight, in order. */
export type FightEvent =
  | { readonly kind: "start"; readonly stageId: number }
  | ({ readonly kind: "frame" } & GameFrame)
  | ({ readonly kind: "end"; readonly game: number; readonly score: readonly [number, number] } & GameEnd);

/**
 * Plays games until one side has won. The same seed and rules make the same fight, so that both sides of a match can
 * play it each for itself.
 */
export function* fight(seed: string, { bestOf, stocks }: FightRules): Generator<FightEvent, void, undefined> {
  const dice = new Dice(seed);
  const score: [number, number] = [0, 0];
  // An arena hears of the stage once a match, so all games are on the same one.
  const stage = dice.pick(stages);
  yield { kind: "start", stageId: stage.id };
  for (let game = 1; Math.max(...score) <= bestOf / 2; game++) {
    const frames = playGame(stage, stocks, dice);
    let step = frames.next();
    for (; !step.done; step = frames.next()) yield { kind: "frame", ...step.value };
    score[indexOf(step.value.winner)]++;
    yield { kind: "end", game, ...step.value, score: [...score] };
  }
}

export function indexOf(port: Port): 0 | 1 {
  return port === 1 ? 0 : 1;
}
