import type { Clock } from "../../ports/clock.ts";
import type { ReplayRecords } from "../../ports/replay-records.ts";
import type { AppendOptions, Item, Streams } from "../../ports/streams.ts";
import { createSlots } from "../flow/slots.ts";
import { MATCH_SILENCE_MS } from "../matches/matches.ts";
import { itemOf, type StreamEvent } from "./events.ts";
import { headOf, mayHoldLasting, unpackEvents, type RecordedEvent } from "./piece.ts";

/** Replays that are read at once: each is in memory while it is, and after a restart all matches come at the same time. */
const READS_AT_ONCE = 2;

export interface RevivalOptions {
  readonly streams: Pick<Streams, "head" | "append">;
  readonly replays: Pick<ReplayRecords, "find" | "pieces">;
  /** What replays are dated by. */
  readonly timeOfRecords: Pick<Clock, "now">;
  /** How streams of matches are kept. */
  readonly kept: AppendOptions;
}

/**
 * Gives a stream that its store has lost (with the process that it was in, or emptied) what lasts of it again, out of the
 * replay: the start, the ends of games, and the match's own. Not its frames: the next one is taken, whichever it is.
 *
 * All of it is one append, each item of which is taken once: of many who do this at the same time, on whichever nodes, and
 * of a start or an end that is sent again meanwhile, the first stands.
 */
export class Revival {
  readonly #options: RevivalOptions;
  readonly #inTurn = createSlots(READS_AT_ONCE, Infinity);
  readonly #underway = new Map<string, Promise<void>>();

  constructor(options: RevivalOptions) {
    this.#options = options;
  }

  /**
   * To be called before a stream is begun, and before one that may be lost is shown. Does nothing where a stream has its
   * start, nor where nothing was recorded of late. @throws {StoreUnavailable}
   */
  revive(id: string): Promise<void> {
    const underway = this.#underway.get(id) ?? this.#revive(id).finally(() => this.#underway.delete(id));
    this.#underway.set(id, underway);
    return underway;
  }

  async #revive(id: string): Promise<void> {
    const { streams, replays, timeOfRecords, kept } = this.#options;
    const head = await streams.head(id);
    if (head?.items.some(({ kind }) => kind === "match_start")) return;
    const replay = await replays.find(id);
    if (replay === null || replay.updatedAt <= timeOfRecords.now() - MATCH_SILENCE_MS) return;
    const lasting = await this.#inTurn(() => this.#lasting(id));
    if (lasting.length > 0) await streams.append(id, lasting.map(revivedItem), kept);
  }

  /** Each event once, what was written first, in the order of the match. */
  async #lasting(id: string): Promise<readonly StreamEvent[]> {
    const found = new Map<string, RecordedEvent>();
    for (const piece of await this.#options.replays.pieces(id)) {
      if (!mayHoldLasting(headOf(piece))) continue;
      for (const event of await unpackEvents(piece)) {
        const name = `${event.kind} ${event.number}`;
        if (event.kind !== "frame" && !found.has(name)) found.set(name, event);
      }
    }
    const place = ({ kind, number }: RecordedEvent) =>
      kind === "game_end" ? number : kind === "match_end" ? Infinity : 0;
    return [...found.values()].sort((one, other) => place(one) - place(other));
  }
}

/** The end of a game begins no other one here: frames of the next may be there already. */
function revivedItem(event: StreamEvent): Item {
  const { restarts: _, ...item } = itemOf(event);
  return item;
}
