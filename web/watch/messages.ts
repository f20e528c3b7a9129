// What an arena tells viewers of a match.

export interface PlayerInfo {
  readonly port: number;
  readonly connectCode: string | null;
  readonly displayName: string | null;
}

/** One player in one frame; null: the publisher did not say. */
export interface PlayerFrame {
  readonly port: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly actionStateId: number | null;
  readonly actionFrame: number | null;
  readonly facingDirection: number | null;
  readonly percent: number | null;
  readonly stocks: number | null;
  readonly shieldHealth: number | null;
  readonly isInvincible: boolean | null;
  readonly isInHitstun: boolean | null;
}

/** Frames are 1/60 s; the first one of a game is -123. */
export interface Frame {
  readonly frame: number;
  readonly players: readonly PlayerFrame[];
}

export interface GameStart {
  readonly stageId: number | null;
  readonly players: readonly PlayerInfo[];
}

export interface GameEnd {
  readonly gameNumber: number | null;
  readonly winnerPort: number | null;
}

export interface MatchEnd {
  readonly winnerPort: number | null;
  /** Games won by port 1 and port 2. */
  readonly finalScore: readonly number[] | null;
}

export type LiveMessage =
  | ({ readonly type: "match_start" } & GameStart)
  | ({ readonly type: "frame" } & Frame)
  | ({ readonly type: "game_end" } & GameEnd)
  | ({ readonly type: "match_end" } & MatchEnd)
  | { readonly type: "ping" };

const FRAMES_PER_SECOND = 60;

/** Milliseconds from frame 0 to this one. */
export function timeOf(frame: number): number {
  return (frame * 1000) / FRAMES_PER_SECOND;
}
