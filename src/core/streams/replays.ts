import type { Clock } from "../../ports/clock.ts";
import type { ReplayRecord, ReplayRecords } from "../../ports/replay-records.ts";
import { DomainError } from "../errors/errors.ts";
import { createSlots } from "../flow/slots.ts";
import { isId } from "../matches/ids.ts";
import { headOf, unpackEvents, type PieceHead, type RecordedEvent } from "./piece.ts";
import { MAX_REPLAY_LENGTH } from "./recording.ts";

/** Replays that one step removes at most. */
const PRUNE_STEP = 100;

/** Reads that run at once, and reads that may be asked for: each holds all of a replay in memory. */
const READS_AT_ONCE = 2;
const MAX_READS = 16;

export interface ReplayGame {
  readonly number: number;
  /** In order, each number once. */
  readonly frames: readonly RecordedEvent[];
  /** Null: it did not end, or nobody said so. */
  readonly end: RecordedEvent | null;
}

export interface Replay {
  readonly record: ReplayRecord;
  /** Every game of which there is something, in order. */
  readonly gameNumbers: readonly number[];
  readonly start: RecordedEvent | null;
  /** In order; of one that was asked for, it alone. */
  readonly games: readonly ReplayGame[];
  readonly end: RecordedEvent | null;
}

export interface ReplaysOptions {
  readonly replays: ReplayRecords;
  readonly clock: Clock;
  /** How long a replay is kept, in ms, and what all of them may weigh, in bytes. */
  readonly keepMs: number;
  readonly maxBytes: number;
}

/** What was recorded. */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #inTurn = createSlots(READS_AT_ONCE, MAX_READS);
  readonly #underway = new Map<string, Promise<unknown>>();

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /**
   * As far as it is recorded, also while the match goes on; with a game's number, the rest of the games is left out.
   *
   * @throws {DomainError} replay_not_found
   */
  async get(matchId: string, game: number | null = null): Promise<Replay> {
    const { replays } = this.#options;
    const record = isId(matchId) ? await replays.find(matchId) : null;
    if (record === null) throw new DomainError("replay_not_found");
    const gameNumbers = new Set<number>();
    const events: RecordedEvent[] = [];
    let size = 0;
    for (const piece of await replays.pieces(matchId)) {
      const head = headOf(piece);
      for (const number of head.games) gameNumbers.add(number);
      // What would be too much is left out, so that the end of the match, a small piece, still is there.
      if (!isWanted(head, game) || size + head.size > MAX_REPLAY_LENGTH) continue;
      size += head.size;
      for (const event of await unpackEvents(piece)) events.push(event);
    }
    return { record, gameNumbers: [...gameNumbers].sort((one, other) => one - other), ...arranged(events, game) };
  }

  /**
   * What `write` makes of {@link get}'s replay. Who asks for the same while it is made gets the same, and few are made
   * at once: it takes time and room. `form`: what tells this `write` from others.
   *
   * @throws {DomainError} replay_not_found, replays_busy
   */
  written<Result>(
    { matchId, game, form }: { readonly matchId: string; readonly game: number | null; readonly form: string },
    write: (replay: Replay) => Promise<Result>,
  ): Promise<Result> {
    const key = `${matchId} ${game} ${form}`;
    const found = this.#underway.get(key) as Promise<Result> | undefined;
    if (found !== undefined) return found;
    if (this.#underway.size >= MAX_READS) return Promise.reject(new DomainError("replays_busy"));
    const made = this.#inTurn(async () => write(await this.get(matchId, game))).finally(() => {
      this.#underway.delete(key);
    });
    this.#underway.set(key, made);
    return made;
  }

  /** Removes what is past its time or has no room. Any node may do it at any time. Returns how many. */
  async sweep(): Promise<number> {
    const { replays, clock, keepMs, maxBytes } = this.#options;
    let removed = 0;
    for (;;) {
      const step = await replays.prune({ before: clock.now() - keepMs, maxBytes, limit: PRUNE_STEP });
      removed += step;
      if (step < PRUNE_STEP) return removed;
    }
  }
}

function isWanted({ games, hasEdge }: PieceHead, game: number | null): boolean {
  return game === null || hasEdge || games.includes(game);
}

/** Puts together what may have been written twice and in any order; what was written first stands. */
function arranged(events: readonly RecordedEvent[], only: number | null): Pick<Replay, "start" | "games" | "end"> {
  let start: RecordedEvent | null = null;
  let end: RecordedEvent | null = null;
  const games = new Map<number, { frames: Map<number, RecordedEvent>; end: RecordedEvent | null }>();
  const gameOf = (number: number) => {
    const game = games.get(number) ?? { frames: new Map<number, RecordedEvent>(), end: null };
    games.set(number, game);
    return game;
  };
  const isOther = ({ game }: RecordedEvent): boolean => only !== null && game !== only;
  for (const event of events) {
    switch (event.kind) {
      case "match_start":
        start ??= event;
        break;
      case "frame":
        if (!isOther(event) && !gameOf(event.game).frames.has(event.number)) {
          gameOf(event.game).frames.set(event.number, event);
        }
        break;
      case "game_end":
        if (!isOther(event)) gameOf(event.game).end ??= event;
        break;
      case "match_end":
        end ??= event;
        break;
    }
  }
  const sorted = [...games].sort(([one], [other]) => one - other);
  return {
    start,
    games: sorted.map(([number, game]) => ({
      number,
      frames: [...game.frames.values()].sort((one, other) => one.number - other.number),
      end: game.end,
    })),
    end,
  };
}
