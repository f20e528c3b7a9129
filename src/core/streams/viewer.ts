import type { Clock } from "../../ports/clock.ts";
import { Histogram, WAIT_SECONDS } from "../measures/histogram.ts";
import type { Heard } from "./hub.ts";

/** The line to one who watches. */
export interface ViewerLine {
  /** Bytes that it has not taken yet. */
  readonly buffered: number;
  /** Writes messages, together. A line with more bytes left than it may have is cut. */
  send(texts: readonly string[]): void;
  /** Takes, until it leaves, whatever is told to a channel, in order with what it is sent. */
  join(channel: string): void;
  leave(channel: string): void;
  /**
   * Writes messages to all lines of a channel, for less than it takes to write them to each. False: one of them may not
   * have taken what came before.
   */
  tell(channel: string, texts: readonly string[]): boolean;
  /** Cuts the line if what it was told is more than it may have left. */
  bound(): void;
  /** The match is over. */
  end(): void;
}

/** What came at once, as viewers take it. */
export interface Parts {
  readonly all: readonly string[];
  /** What no viewer ever loses. */
  readonly lasting: readonly string[];
  /** The frame that nothing lasting came after. */
  readonly newest: string | null;
}

export function partsOf({ events }: Heard): Parts {
  const last = events.at(-1);
  return {
    all: events.map(({ text }) => text),
    lasting: events.filter(({ kind }) => kind !== "frame").map(({ text }) => text),
    newest: last?.kind === "frame" ? last.text : null,
  };
}

/** What all viewers of a node count together. */
export class Pace {
  behind = 0;
  dropped = 0;
  readonly lags = new Histogram(WAIT_SECONDS);
}

/** What holds for every viewer of a match. */
export interface Rules {
  /** Where those are told who keep up. */
  readonly channel: string;
  /** Bytes a line may have left before it loses frames. */
  readonly behindBytes: number;
  readonly clock: Pick<Clock, "now">;
  readonly pace: Pace;
}

/**
 * One who watches. While it keeps up it is in the channel, and nothing need be done for it alone; if its line does not, it
 * leaves, is sent what lasts, and loses frames, the older ones first.
 */
export class Viewer {
  readonly line: ViewerLine;
  readonly #rules: Rules;
  /** The newest of the frames that were held back. */
  #missed: string | null = null;
  /** Since when it has been behind, in ms; null: it is not. */
  #behindSince: number | null = null;
  #hasBegun = false;

  constructor(line: ViewerLine, rules: Rules) {
    this.line = line;
    this.#rules = rules;
  }

  /** What remains of what came before it, if anything; from now on it takes what comes. */
  begin(remaining: Parts | null): void {
    this.#hasBegun = true;
    if (remaining !== null) this.line.send(remaining.all);
    this.line.join(this.#rules.channel);
  }

  /** To be asked of one that keeps up. True: it does so no longer. */
  fallsBehind(): boolean {
    const { behindBytes, channel, clock, pace } = this.#rules;
    if (this.line.buffered <= behindBytes) return false;
    this.line.leave(channel);
    this.#behindSince = clock.now();
    pace.behind++;
    return true;
  }

  /** What came, for it alone, if it has begun and keeps up. */
  follow({ all }: Parts): void {
    if (this.#hasBegun && this.#behindSince === null) this.line.send(all);
  }

  /** What came while it is behind. True: it has caught up. */
  take({ all, lasting, newest }: Parts): boolean {
    const { behindBytes, pace } = this.#rules;
    if (this.line.buffered <= behindBytes) {
      this.#lose();
      this.#catchUp(all);
      return true;
    }
    if (lasting.length > 0) {
      this.#lose();
      this.line.send(lasting);
    }
    pace.dropped += all.length - lasting.length;
    if (newest === null) return false;
    this.#lose();
    // Whether this one is lost is not decided yet.
    pace.dropped--;
    this.#missed = newest;
    return false;
  }

  /** While it was behind, all that it was sent has gone out: it has caught up. */
  drained(): void {
    const missed = this.#missed;
    this.#missed = null;
    this.#catchUp(missed === null ? [] : [missed]);
  }

  left(): void {
    this.line.leave(this.#rules.channel);
    if (this.#behindSince !== null) this.#rules.pace.behind--;
    this.#behindSince = null;
  }

  ping(text: string): void {
    // Who has not taken what came before needs no sign of life.
    if (this.line.buffered === 0) this.line.send([text]);
  }

  #lose(): void {
    if (this.#missed !== null) this.#rules.pace.dropped++;
    this.#missed = null;
  }

  #catchUp(texts: readonly string[]): void {
    const { channel, pace, clock } = this.#rules;
    pace.lags.observe((clock.now() - (this.#behindSince ?? clock.now())) / 1_000);
    pace.behind--;
    this.#behindSince = null;
    if (texts.length > 0) this.line.send(texts);
    this.line.join(channel);
  }
}
