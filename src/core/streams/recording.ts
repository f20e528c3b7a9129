import type { ReplayPiece, ReplayRecords } from "../../ports/replay-records.ts";
import type { Heard } from "./hub.ts";
import { lineOf, packLines } from "./piece.ts";

/** The most that waits to be written, in characters. Past it the oldest is lost. */
const MAX_WAITING = 8 * 1024 * 1024;

interface Waiting {
  /** When it came, in ms. */
  readonly at: number;
  readonly lines: string;
}

/** What this node has heard of a match and not written down yet. */
export class Recording {
  readonly matchId: string;
  /** When somebody last published, in ms. */
  usedAt: number;
  hasEnded = false;
  /** Whether this node is the one that writes. */
  isWriting = false;
  readonly #recorder: string;
  readonly #replays: ReplayRecords;
  #waiting: Waiting[] = [];
  #size = 0;
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
    readonly usedAt: number;
    /** What was recorded before. */
    readonly games: number;
    readonly bytes: number;
  }) {
    this.matchId = options.matchId;
    this.#recorder = options.recorder;
    this.#replays = options.replays;
    this.usedAt = options.usedAt;
    this.#games = options.games;
    this.#bytes = options.bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#unwritten === null;
  }

  /** What the replay weighs, in bytes, as far as this node knows. */
  get bytes(): number {
    return this.#bytes;
  }

  hear({ events, hasEnded }: Heard, at: number): void {
    for (const { kind, number } of events) {
      if (kind === "game_end") this.#games = Math.max(this.#games, number);
      if (kind === "match_end") this.#isComplete = true;
    }
    // From the end: what comes before the end of a game belongs to it, also where that end is known from elsewhere.
    let lines = "";
    let game = this.#games + 1;
    for (const event of events.toReversed()) {
      if (event.kind === "game_end") game = event.number;
      lines = lineOf({ ...event, game }) + lines;
    }
    this.hasEnded = hasEnded;
    if (lines === "") return;
    this.#waiting.push({ at, lines });
    this.#size += lines.length;
    while (this.#size > MAX_WAITING) this.#drop();
  }

  /** Forgets what came before then. Somebody else writes it. */
  forget(before: number): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.at < before) this.#drop();
  }

  /** Writes down what waits. What cannot be written waits on. @throws {StoreUnavailable} */
  write(now: number): Promise<void> {
    this.#writing ??= this.#write(now).finally(() => (this.#writing = null));
    return this.#writing;
  }

  /** Hears nothing of the rest: the replay is as long as one may be. */
  cut(): void {
    this.#waiting = [];
    this.#size = 0;
  }

  async #write(now: number): Promise<void> {
    while (!this.isEmpty) {
      this.#unwritten ??= await this.#nextPiece();
      const state = { games: this.#games, isComplete: this.#isComplete, at: now };
      await this.#replays.add(this.matchId, this.#unwritten, state);
      this.#bytes += this.#unwritten.content.byteLength;
      this.#unwritten = null;
    }
  }

  async #nextPiece(): Promise<ReplayPiece> {
    const lines = this.#waiting.map((one) => one.lines).join("");
    this.cut();
    return { recorder: this.#recorder, number: this.#pieces++, content: await packLines(lines) };
  }

  #drop(): void {
    this.#size -= this.#waiting.shift()?.lines.length ?? 0;
  }
}
