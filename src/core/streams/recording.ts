import type { ReplayPiece, ReplayRecords } from "../../ports/replay-records.ts";
import type { Heard } from "./hub.ts";
import { lineOf, packLines, withoutFrames } from "./piece.ts";

/** The most that waits to be written, in characters. Past it the oldest is lost. */
const MAX_WAITING = 8 * 1024 * 1024;

/**
 * The most one replay may weigh, in bytes, and the most of it one recording takes, in characters; of what comes after it
 * no frame is kept. The one bounds what is stored, the other what somebody who reads it unpacks.
 */
export const MAX_REPLAY_BYTES = 64 * 1024 * 1024;
export const MAX_REPLAY_LENGTH = 64 * 1024 * 1024;

interface Waiting {
  /** When it came, in ms. */
  readonly at: number;
  readonly lines: string;
}

/** What waits on a node in all recordings together, in characters and bytes. */
export interface Backlog {
  size: number;
}

/** What this node has heard of a match and not written down yet. */
export class Recording {
  readonly matchId: string;
  /** Nothing of the match is to be recorded any more. */
  readonly isClosed: boolean;
  /** When somebody last published, in ms. */
  usedAt: number;
  hasEnded = false;
  /** Whether this node is the one that writes. */
  isWriting = false;
  readonly #recorder: string;
  readonly #replays: ReplayRecords;
  #waiting: Waiting[] = [];
  #size = 0;
  /** How much it has packed, in characters. */
  #length = 0;
  readonly #backlog: Backlog;
  #games: number;
  #isComplete = false;
  #pieces = 0;
  #bytes: number;
  /** A piece that may not have been written: it is tried again as it is. */
  #unwritten: ReplayPiece | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: {
    readonly matchId: string;
    /** Unlike that of any other recording. */
    readonly recorder: string;
    readonly replays: ReplayRecords;
    readonly backlog: Backlog;
    readonly usedAt: number;
    readonly isClosed: boolean;
    /** What was recorded before. */
    readonly games: number;
    readonly bytes: number;
  }) {
    this.matchId = options.matchId;
    this.#recorder = options.recorder;
    this.#replays = options.replays;
    this.#backlog = options.backlog;
    this.usedAt = options.usedAt;
    this.isClosed = options.isClosed;
    this.#games = options.games;
    this.#bytes = options.bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#unwritten === null;
  }

  /** What waits to be written, in characters. */
  get size(): number {
    return this.#size;
  }

  /** The replay, as far as this node knows it, is as long as one may be. */
  get #isFull(): boolean {
    return this.#bytes > MAX_REPLAY_BYTES || this.#length > MAX_REPLAY_LENGTH;
  }

  /** True: something of it lasts, and is to be written down at once. */
  hear({ events, hasEnded }: Heard, at: number): boolean {
    let lasts = false;
    for (const { kind, number } of events) {
      lasts ||= kind !== "frame";
      if (kind === "game_end") this.#games = Math.max(this.#games, number);
      if (kind === "match_end") this.#isComplete = true;
    }
    // From the end: what comes before the end of a game belongs to it, also where that end is known from elsewhere.
    let lines = "";
    let game = this.#games + 1;
    for (const event of events.toReversed()) {
      if (event.kind === "game_end") game = event.number;
      else if (event.kind === "frame" && this.#isFull) continue;
      lines = lineOf({ ...event, game }) + lines;
    }
    this.hasEnded = hasEnded;
    if (lines === "") return lasts;
    this.#waiting.push({ at, lines });
    this.#weigh(lines.length);
    while (this.#size > MAX_WAITING) this.#drop();
    return lasts;
  }

  /** Forgets what came before then. Somebody else writes it. */
  forget(before: number): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.at < before) this.#drop();
  }

  /** Forgets the older half of what waits. There is no room for it. */
  shed(): void {
    const most = this.#size / 2;
    while (this.#size > most) this.#drop();
  }

  /** Forgets everything. It is over. */
  drop(): void {
    this.#take();
    this.#settle();
  }

  /** Writes down what waits. What cannot be written waits on. @throws {StoreUnavailable} */
  write(now: number): Promise<void> {
    this.#writing ??= this.#write(now).finally(() => (this.#writing = null));
    return this.#writing;
  }

  async #write(now: number): Promise<void> {
    while (!this.isEmpty) {
      const piece = (this.#unwritten ??= await this.#nextPiece());
      if (piece === null) return;
      // The end may have come while this piece was packed, and wait for the next one.
      const isComplete = this.#isComplete && this.#waiting.length === 0;
      const state = { games: this.#games, isComplete, at: now };
      await this.#replays.add(this.matchId, piece, state);
      this.#bytes += piece.content.byteLength;
      this.#settle();
    }
  }

  /** Null: nothing is left that is to be kept. */
  async #nextPiece(): Promise<ReplayPiece | null> {
    const all = this.#take();
    const lines = this.#isFull ? withoutFrames(all) : all;
    if (lines === "") return null;
    this.#length += lines.length;
    const piece = { recorder: this.#recorder, number: this.#pieces++, content: await packLines(lines) };
    this.#backlog.size += piece.content.byteLength;
    return piece;
  }

  /** The piece is written, or given up. */
  #settle(): void {
    this.#backlog.size -= this.#unwritten?.content.byteLength ?? 0;
    this.#unwritten = null;
  }

  #take(): string {
    const lines = this.#waiting.map((one) => one.lines).join("");
    this.#waiting = [];
    this.#weigh(-this.#size);
    return lines;
  }

  #drop(): void {
    this.#weigh(-(this.#waiting.shift()?.lines.length ?? 0));
  }

  #weigh(more: number): void {
    this.#size += more;
    this.#backlog.size += more;
  }
}
