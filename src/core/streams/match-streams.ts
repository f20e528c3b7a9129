import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Appended, AppendOptions, Item, Streams } from "../../ports/streams.ts";
import { DomainError } from "../errors/errors.ts";
import { MATCH_SILENCE_MS } from "../matches/matches.ts";
import { Histogram, STEP_SECONDS } from "../measures/histogram.ts";
import { itemOf, type StreamEvent } from "./events.ts";
import type { KnownMatch, KnownMatches } from "./known-matches.ts";
import type { LiveMatches } from "./live-matches.ts";
import type { ViewerCounts } from "./viewer-counts.ts";

/** What may remain of a stream: its start, the newest frame, and as many games as a match may have. */
export const STREAM_KEPT: AppendOptions = { ttlMs: MATCH_SILENCE_MS, bounds: { count: 512, bytes: 256 * 1024 } };

export interface MatchStreamsOptions {
  readonly streams: Streams;
  readonly known: KnownMatches;
  readonly live: LiveMatches;
  readonly counts: ViewerCounts;
  readonly clock: Pick<Clock, "now">;
  /** Makes sure that a match is recorded before anything of it is taken. False: nothing of it is to be taken any more. */
  record(id: string): Promise<boolean>;
  /** Makes sure that what was just taken is recorded; waits for it, though not long. Throws nothing. */
  keep(id: string): Promise<void>;
  /** Gives a stream that is not there what its replay has of it. */
  revive(id: string): Promise<void>;
  failed(error: unknown): void;
}

/**
 * Matches as they are streamed. Either player may stream, or both, to any node: a frame is taken if it is the newest of
 * its game, a start and each end once; whatever else comes is left without an error, as is all that comes once the match
 * has ended.
 *
 * Every verb throws {@link StoreUnavailable}, and {@link DomainError} match_not_found.
 */
export class MatchStreams {
  readonly #options: MatchStreamsOptions;
  readonly #events = { taken: 0, left: 0 };
  readonly #appends = new Histogram(STEP_SECONDS);

  constructor(options: MatchStreamsOptions) {
    this.#options = options;
  }

  find(id: string): Promise<KnownMatch> {
    return this.#options.known.find(id);
  }

  /** The match begins. Returns how many watch. */
  async start(id: string, text: string): Promise<number> {
    const isTaken = await this.#append(id, [{ kind: "match_start", number: 0, text }]);
    if (isTaken) await Promise.all([this.#options.keep(id), this.#options.live.begin(id)]);
    return this.#options.counts.total(id);
  }

  /** In the order they were played. @throws {DomainError} stream_full */
  async frames(id: string, frames: readonly Omit<StreamEvent, "kind">[]): Promise<void> {
    const events = frames.map(({ number, text }) => ({ kind: "frame", number, text }) as const);
    if (await this.#append(id, events)) this.#options.live.goOn(id);
  }

  /** A game is over and the next one begins; `game` is its number. @throws {DomainError} stream_full */
  async endGame(id: string, game: number, text: string): Promise<void> {
    const isTaken = await this.#append(id, [{ kind: "game_end", number: game, text }]);
    if (isTaken) await this.#options.keep(id);
  }

  /** The match is over: nothing of it is taken any more. */
  async end(id: string, text: string): Promise<void> {
    const isTaken = await this.#append(id, [{ kind: "match_end", number: 0, text }]);
    await Promise.all([isTaken ? this.#options.keep(id) : undefined, this.#options.live.end(id)]);
  }

  /** How many watch. */
  async viewers(id: string): Promise<number> {
    await this.find(id);
    return this.#options.counts.total(id);
  }

  /** Matches from their start to their end, or until no frame has come for {@link LIVE_MS}. */
  live(): Promise<readonly string[]> {
    return this.#options.live.list();
  }

  /** Since the start, on this node: what was published, and how long it took to be there for everybody, in seconds. */
  figures() {
    return { events: { ...this.#events }, appends: this.#appends.read() };
  }

  /** True if any of it was taken. */
  async #append(id: string, events: readonly StreamEvent[]): Promise<boolean> {
    const { streams, known, record, clock } = this.#options;
    const began = clock.now();
    await known.find(id);
    try {
      if (!(await record(id))) return false;
    } catch (error) {
      this.#bear(error);
    }
    const items = events.map(itemOf);
    const outcome = (await streams.appendIfThere(id, items, STREAM_KEPT)) ?? (await this.#begin(id, items));
    if ("isFull" in outcome) throw new DomainError("stream_full");
    this.#appends.observe((clock.now() - began) / 1_000);
    for (const isTaken of outcome.taken) this.#events[isTaken ? "taken" : "left"]++;
    const isTaken = outcome.taken.includes(true);
    if (isTaken) known.touch(id);
    return isTaken;
  }

  /** A stream begins with what was recorded of it: if a store has lost it, that must not be taken again. */
  async #begin(id: string, items: readonly Item[]): Promise<Appended> {
    const { streams, revive } = this.#options;
    try {
      await revive(id);
    } catch (error) {
      this.#bear(error);
    }
    return streams.append(id, items, STREAM_KEPT);
  }

  /** Who watches must not miss what cannot be recorded; the streams have their own say. */
  #bear(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) throw error;
    this.#options.failed(error);
  }
}
