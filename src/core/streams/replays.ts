import type { Clock } from "../../ports/clock.ts";
import type { ReplayRecord, ReplayRecords } from "../../ports/replay-records.ts";
import { DomainError } from "../errors/errors.ts";
import { isId } from "../matches/ids.ts";
import { unpackEvents, type RecordedEvent } from "./piece.ts";

/** Replays that one step removes at most. */
const PRUNE_STEP = 100;

export interface ReplayGame {
  readonly number: number;
  /** In order, each number once. */
  readonly frames: readonly RecordedEvent[];
  /** Null: it did not end, or nobody said so. */
  readonly end: RecordedEvent | null;
}

export interface Replay {
  readonly record: ReplayRecord;
  readonly start: RecordedEvent | null;
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

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /** As far as it is recorded, also while the match goes on. @throws {DomainError} replay_not_found */
  async get(matchId: string): Promise<Replay> {
    const { replays } = this.#options;
    const record = isId(matchId) ? await replays.find(matchId) : null;
    if (record === null) throw new DomainError("replay_not_found");
    const events: RecordedEvent[] = [];
    for (const piece of await replays.pieces(matchId)) {
      for (const event of await unpackEvents(piece)) events.push(event);
    }
    return { record, ...arranged(events) };
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

/** Puts together what may have been written twice and in any order. */
function arranged(events: readonly RecordedEvent[]): Omit<Replay, "record"> {
  let start: RecordedEvent | null = null;
  let end: RecordedEvent | null = null;
  const games = new Map<number, { frames: Map<number, RecordedEvent>; end: RecordedEvent | null }>();
  const gameOf = (number: number) => {
    const game = games.get(number) ?? { frames: new Map<number, RecordedEvent>(), end: null };
    games.set(number, game);
    return game;
  };
  for (const event of events) {
    switch (event.kind) {
      case "match_start":
        start ??= event;
        break;
      case "frame":
        gameOf(event.game).frames.set(event.number, event);
        break;
      case "game_end":
        gameOf(event.game).end ??= event;
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
