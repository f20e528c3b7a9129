import { byPort, type View } from "./live-match.ts";
import { timeOf, type Frame, type GameEnd, type GameStart, type MatchEnd } from "./messages.ts";
import { between } from "./playout.ts";
import { figuresAt } from "./scene.ts";

/** How long the end of a game stands, in ms. */
const HOLD_MS = 1_500;

export interface ReplayGame {
  readonly start: GameStart;
  /** By number, ascending. */
  readonly frames: readonly Frame[];
  readonly end: GameEnd | null;
}

export interface ReplayRecord {
  readonly games: readonly ReplayGame[];
  readonly end: MatchEnd | null;
}

interface Chapter {
  readonly game: ReplayGame;
  /** When it begins and how long it is, in ms of the replay. */
  readonly from: number;
  readonly length: number;
  /** Games won before it. */
  readonly score: ReadonlyMap<number, number>;
}

/** A recorded match, as something with a beginning and an end in which one can be anywhere. */
export class Replay {
  readonly #chapters: readonly Chapter[];
  readonly #end: MatchEnd | null;
  /** In ms. */
  readonly length: number;

  constructor({ games, end }: ReplayRecord) {
    const chapters: Chapter[] = [];
    let from = 0;
    let score: ReadonlyMap<number, number> = new Map();
    for (const game of games) {
      const length = lengthOf(game.frames) + HOLD_MS;
      chapters.push({ game, from, length, score });
      from += length;
      score = counted(score, game.end);
    }
    this.#chapters = chapters;
    this.#end = end;
    this.length = from;
  }

  /** When each game begins, in ms. */
  get beginnings(): readonly number[] {
    return this.#chapters.map(({ from }) => from);
  }

  /** What is to be seen at a time, in ms from the beginning. */
  at(time: number): View {
    const chapter = this.#chapters.findLast(({ from }) => from <= time) ?? this.#chapters[0];
    if (chapter === undefined) return { start: null, figures: [], score: new Map(), gameEnd: null, matchEnd: null };
    const { game, from, length, score } = chapter;
    const { frames, start } = game;
    const isOver = time - from >= length - HOLD_MS;
    const matchEnd = isOver && chapter === this.#chapters.at(-1) ? this.#end : null;
    return {
      start,
      figures: frames.length === 0 ? [] : figuresAt(positionAt(frames, timeOf(frames[0]!.frame) + time - from)),
      score: matchEnd?.finalScore ? byPort(matchEnd.finalScore) : isOver ? counted(score, game.end) : score,
      gameEnd: isOver ? game.end : null,
      matchEnd,
    };
  }
}

function positionAt(frames: readonly Frame[], time: number) {
  const at = Math.max(0, lastAtOrBefore(frames, time));
  return between(frames[at]!, frames[at + 1], time);
}

/** The index of the last frame that is due by then; -1 if none is. */
function lastAtOrBefore(frames: readonly Frame[], time: number): number {
  let [below, above] = [-1, frames.length];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (timeOf(frames[middle]!.frame) <= time) below = middle;
    else above = middle;
  }
  return below;
}

function lengthOf(frames: readonly Frame[]): number {
  return frames.length === 0 ? 0 : timeOf(frames.at(-1)!.frame) - timeOf(frames[0]!.frame);
}

function counted(score: ReadonlyMap<number, number>, end: GameEnd | null): ReadonlyMap<number, number> {
  const winner = end?.winnerPort ?? null;
  return winner === null ? score : new Map(score).set(winner, (score.get(winner) ?? 0) + 1);
}

/** `3:07`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
