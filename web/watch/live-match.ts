import type { GameEnd, GameStart, LiveMessage, MatchEnd } from "./messages.ts";
import { Playout } from "./playout.ts";
import { figuresAt, type Figure } from "./scene.ts";

/** How long the end of a game stands before the next one, in ms. */
const HOLD_MS = 1_500;
/** Games that wait to be shown, on a page that nobody looks at. */
const KEPT_GAMES = 9;

/** What is to be seen at a moment. */
export interface View {
  readonly start: GameStart | null;
  readonly figures: readonly Figure[];
  /** Games won, by port. */
  readonly score: ReadonlyMap<number, number>;
  /** The game on the screen is over; its end, if it is known. */
  readonly gameEnd: GameEnd | null;
  /** The match is over, and its end is on the screen. */
  readonly matchEnd: MatchEnd | null;
}

interface Game {
  start: GameStart | null;
  readonly playout: Playout;
  end: GameEnd | null;
  endedAt: number | null;
}

/** A match from its live messages: what came, and what is to be shown of it when. Times are in ms of any one clock. */
export class LiveMatch {
  #games: Game[] = [{ start: null, playout: new Playout(), end: null, endedAt: null }];
  #lastEnd = 0;
  #score = new Map<number, number>();
  #matchEnd: MatchEnd | null = null;

  /** After a reconnect, what is known already may come again. */
  hear(message: LiveMessage, now: number): void {
    switch (message.type) {
      case "match_start":
        return this.#start(message);
      case "frame": {
        const { newest } = this.#current.playout;
        const begins = this.#current.end !== null || (newest !== null && message.frame < newest - 600);
        return (begins ? this.#open(this.#current.start) : this.#current).playout.push(message, now);
      }
      case "game_end":
        return this.#end(message);
      case "match_end":
        this.#matchEnd = message;
        return;
      case "ping":
        return;
    }
  }

  /** True once it was said that the match is over, be it on the screen or not. */
  get isOver(): boolean {
    return this.#matchEnd !== null;
  }

  /** True as soon as there is something to draw. */
  get hasPicture(): boolean {
    return this.#games.some(({ playout }) => playout.newest !== null);
  }

  at(now: number): View {
    this.#turnPages(now);
    const game = this.#games[0]!;
    const position = game.playout.at(now);
    const isAtEnd = game.playout.isAtEnd && this.#games.length === 1;
    const matchEnd = isAtEnd ? this.#matchEnd : null;
    return {
      start: game.start,
      figures: position === null ? [] : figuresAt(position),
      score: matchEnd?.finalScore ? byPort(matchEnd.finalScore) : this.#score,
      gameEnd: game.endedAt === null ? null : game.end,
      matchEnd,
    };
  }

  get #current(): Game {
    return this.#games.at(-1)!;
  }

  #start(start: GameStart): void {
    const game = this.#current;
    if (game.end !== null) this.#open(start);
    else game.start = start;
  }

  #end(end: GameEnd): void {
    // Without a number it is the game that is on.
    const number = end.gameNumber ?? this.#lastEnd + 1;
    if (number <= this.#lastEnd) return;
    this.#lastEnd = number;
    const game = this.#current.end === null ? this.#current : this.#open(this.#current.start);
    game.end = end;
  }

  #open(start: GameStart | null): Game {
    const game: Game = { start, playout: new Playout(), end: null, endedAt: null };
    this.#games.push(game);
    if (this.#games.length > KEPT_GAMES) this.#close(this.#games.shift()!, 0);
    return game;
  }

  /** Goes on to the next game when the end of this one was to be seen. */
  #turnPages(now: number): void {
    // More than one game behind: nobody has looked for minutes, or has only just come.
    while (this.#games.length > 2) this.#close(this.#games.shift()!, now);
    const [game, next] = this.#games as [Game, Game?];
    if (!game.playout.isAtEnd || (game.end === null && next === undefined)) return;
    this.#close(game, now);
    if (next === undefined) return;
    const hasPicture = game.playout.newest !== null;
    const isWaiting = next.playout.newest === null || now - game.endedAt! < HOLD_MS;
    if (!hasPicture || !isWaiting) this.#games.shift();
  }

  /** Counts a game when its end is on the screen, not before. */
  #close(game: Game, now: number): void {
    if (game.endedAt !== null) return;
    game.endedAt = now;
    const winner = game.end?.winnerPort ?? null;
    if (winner !== null) this.#score = new Map(this.#score).set(winner, (this.#score.get(winner) ?? 0) + 1);
  }
}

export function byPort(score: readonly number[]): ReadonlyMap<number, number> {
  return new Map(score.map((won, at) => [at + 1, won]));
}
