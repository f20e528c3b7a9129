import type { Dice } from "./dice.ts";
import { Fighter, type Intent, type Seen } from "./fighter.ts";
import { Mind } from "./mind.ts";
import type { Attack } from "./moves.ts";
import type { Stage } from "./stages.ts";

/** The game counts its frames from here; fighters can move from frame 0 on. */
export const FIRST_FRAME = -123;
/** 8 minutes at 60 frames a second. */
const LAST_FRAME = 8 * 60 * 60;
/** How long the picture stands after the last stock is lost. */
const AFTER_FRAMES = 45;

const STILL: Intent = { direction: 0, wish: "none" };

export type Port = 1 | 2;

export interface GameFrame {
  readonly frame: number;
  /** Of port 1 and of port 2. */
  readonly fighters: readonly [Seen, Seen];
}

export interface GameEnd {
  readonly winner: Port;
  readonly method: "stocks" | "time";
  /** Of port 1 and of port 2. */
  readonly stocks: readonly [number, number];
}

/** Plays one game, a frame each time it is asked; returns how it ended. */
export function* playGame(stage: Stage, stocks: number, dice: Dice): Generator<GameFrame, GameEnd, undefined> {
  const fighters = [
    new Fighter(stage, -stage.edge * 0.55, stocks),
    new Fighter(stage, stage.edge * 0.55, stocks),
  ] as const;
  const [one, two] = fighters;
  const minds = fighters.map(() => new Mind(dice, stage)) as [Mind, Mind];
  let over = 0;
  for (let frame = FIRST_FRAME; frame <= LAST_FRAME && over < AFTER_FRAMES; frame++) {
    if (over > 0) {
      // Whoever is left cannot fall any more: the picture stands.
    } else if (frame >= 0) {
      // Both decide by what both see, and then both move: neither port is ahead.
      const intents = [minds[0].decide(one, two), minds[1].decide(two, one)] as const;
      one.step(intents[0]);
      two.step(intents[1]);
      const hits = [hit(one, two), hit(two, one)] as const;
      if (hits[0] !== null) strike(one, two, hits[0]);
      if (hits[1] !== null) strike(two, one, hits[1]);
    } else {
      for (const fighter of fighters) if (frame > -40) fighter.step(STILL);
    }
    if (one.stocks <= 0 || two.stocks <= 0) over++;
    yield { frame, fighters: [one.seen, two.seen] };
  }
  const left = [Math.max(0, one.stocks), Math.max(0, two.stocks)] as const;
  const method = Math.min(...left) === 0 ? "stocks" : "time";
  const lead = left[0] - left[1] || two.percent - one.percent || (dice.happens(0.5) ? 1 : -1);
  return { winner: lead > 0 ? 1 : 2, method, stocks: left };
}

/** The attack by which the one hits the other in this frame. Both may hit at once. */
function hit(by: Fighter, at: Fighter): Attack | null {
  const attack = by.striking;
  if (attack === null || at.isLost || at.seen.isInvincible) return null;
  const ahead = (at.x - by.x) * by.facing;
  return ahead > -5 && ahead < attack.reach && Math.abs(at.y - by.y) < attack.height ? attack : null;
}

function strike(by: Fighter, at: Fighter, attack: Attack): void {
  by.spend();
  at.suffer(attack, at.x < by.x ? -1 : 1);
}
