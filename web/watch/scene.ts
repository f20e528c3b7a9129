import type { PlayerFrame } from "./messages.ts";
import type { Position } from "./playout.ts";

/** A player as they are drawn. */
export interface Figure {
  readonly port: number;
  readonly x: number;
  readonly y: number;
  readonly action: number;
  readonly actionFrame: number;
  readonly facing: 1 | -1;
  readonly percent: number;
  /** Null: unknown. */
  readonly stocks: number | null;
  /** From 0 to 1. */
  readonly shield: number;
  readonly isInvincible: boolean;
  readonly isInHitstun: boolean;
}

const FULL_SHIELD = 60;
/** What nothing can move in a frame: further is another place, not a way there. */
const FURTHEST = 25;

/** The figures at a position between two frames. */
export function figuresAt({ from, to, mix }: Position): readonly Figure[] {
  return from.players.map((player) => {
    const next = to.players.find(({ port }) => port === player.port);
    return figure(player, next ?? player, mix, to.frame - from.frame);
  });
}

function figure(now: PlayerFrame, next: PlayerFrame, mix: number, frames: number): Figure {
  const [x, y] = [now.x ?? 0, now.y ?? 0];
  const [dx, dy] = [(next.x ?? x) - x, (next.y ?? y) - y];
  const isWay = Math.hypot(dx, dy) <= FURTHEST * Math.max(1, frames) && now.stocks === next.stocks;
  const part = isWay ? mix : 0;
  const sameAction = now.actionStateId === next.actionStateId;
  const actionFrame = now.actionFrame ?? 0;
  const turned = sameAction ? (next.actionFrame ?? actionFrame) - actionFrame : 0;
  return {
    port: now.port,
    x: x + dx * part,
    y: y + dy * part,
    action: now.actionStateId ?? 14,
    // A count that begins anew does not run backwards.
    actionFrame: turned > 0 ? actionFrame + turned * mix : actionFrame,
    facing: (now.facingDirection ?? 1) < 0 ? -1 : 1,
    percent: now.percent ?? 0,
    stocks: now.stocks,
    shield: Math.min(1, Math.max(0, (now.shieldHealth ?? FULL_SHIELD) / FULL_SHIELD)),
    isInvincible: now.isInvincible === true,
    isInHitstun: now.isInHitstun === true,
  };
}
