import type { Clock, Timer } from "../../ports/clock.ts";
import { Histogram, WAIT_SECONDS, type Distribution } from "../measures/histogram.ts";
import type { Heard, Joined, StreamHub } from "./hub.ts";
import type { ViewerCounts } from "./viewer-counts.ts";

/** How often a viewer is shown that the connection lives, and how long after the match's end it is closed, in ms. */
const PING_MS = 30_000;
export const FAREWELL_MS = 5_000;

/** The line to one who watches. */
export interface ViewerLine {
  /** Bytes that it has not taken yet. */
  readonly buffered: number;
  /** Writes messages, together. */
  send(texts: readonly string[]): void;
  /** The match is over. */
  end(): void;
}

export interface Watching {
  /** Everything that was buffered has gone out. */
  drained(): void;
  leave(): void;
}

export interface ViewersOptions {
  readonly hub: StreamHub;
  readonly counts: ViewerCounts;
  readonly clock: Clock;
  /** Bytes a line may have not taken yet before it loses frames. */
  readonly behindBytes: number;
  /** What a ping is. */
  readonly ping: string;
}

/** How those who watch on this node keep up. */
export interface ViewerFigures {
  readonly viewers: number;
  /** Those who have not taken what was sent so far, and therefore get no frames. */
  readonly behind: number;
  /** Frames that viewers did not get because they were behind, since the start. */
  readonly dropped: number;
  /** How long those were behind who have caught up, in seconds. */
  readonly lags: Distribution;
}

/** Those who watch on this node. */
export class Viewers {
  readonly #options: ViewersOptions;
  readonly #pace = new Pace();
  readonly #audiences = new Map<string, Audience>();

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  /** How many watch on this node. */
  get size(): number {
    return [...this.#audiences.values()].reduce((sum, { size }) => sum + size, 0);
  }

  figures(): ViewerFigures {
    const { behind, dropped, lags } = this.#pace;
    return { viewers: this.size, behind, dropped, lags: lags.read() };
  }

  /** Brings a match's start and its newest frame, and all that comes after. @throws {StoreUnavailable} */
  async watch(id: string, line: ViewerLine): Promise<Watching> {
    const audience =
      this.#audiences.get(id) ?? new Audience(id, this.#options, this.#pace, () => this.#audiences.delete(id));
    this.#audiences.set(id, audience);
    return audience.add(line);
  }
}

/** Those who watch one match. It hears the stream once, and does for each of them no more than must be done for each. */
class Audience {
  readonly #id: string;
  readonly #options: ViewersOptions;
  readonly #rules: Rules;
  readonly #viewers = new Set<Viewer>();
  readonly #onEmpty: () => void;
  #joined: Promise<Joined> | null = null;
  #pinging: Timer | null = null;
  #farewell: Timer | null = null;

  constructor(id: string, options: ViewersOptions, pace: Pace, onEmpty: () => void) {
    this.#id = id;
    this.#options = options;
    this.#rules = { behindBytes: options.behindBytes, clock: options.clock, pace };
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#viewers.size;
  }

  async add(line: ViewerLine): Promise<Watching> {
    const { counts, clock, ping } = this.#options;
    const viewer = new Viewer(line, this.#rules);
    this.#viewers.add(viewer);
    counts.set(this.#id, this.size);
    this.#pinging ??= clock.every(PING_MS, () => this.#each((one) => one.ping(ping)));
    const leave = (): void => {
      viewer.left();
      if (this.#viewers.delete(viewer)) this.#left();
    };
    try {
      const joined = await (this.#joined ??= this.#join());
      // In one turn, so that nothing comes between what remains and what follows.
      const remaining = joined.remains();
      viewer.begin(remaining === null ? null : partsOf(remaining));
      if (remaining?.hasEnded === true) this.#end();
    } catch (error) {
      leave();
      throw error;
    }
    return { drained: () => viewer.drained(), leave };
  }

  #join(): Promise<Joined> {
    const joining = this.#options.hub.join(this.#id, (heard) => {
      const came = partsOf(heard);
      for (const viewer of this.#viewers) viewer.take(came);
      if (heard.hasEnded) this.#end();
    });
    // The next one who comes tries again.
    joining.catch(() => (this.#joined = null));
    return joining;
  }

  #left(): void {
    this.#options.counts.set(this.#id, this.size);
    if (this.size > 0) return;
    this.#joined?.then(
      ({ leave }) => leave(),
      () => undefined,
    );
    this.#pinging?.cancel();
    this.#farewell?.cancel();
    [this.#joined, this.#pinging, this.#farewell] = [null, null, null];
    this.#onEmpty();
  }

  #end(): void {
    this.#farewell ??= this.#options.clock.after(FAREWELL_MS, () => {
      this.#farewell = null;
      this.#each((one) => one.line.end());
    });
  }

  #each(run: (viewer: Viewer) => void): void {
    for (const viewer of [...this.#viewers]) run(viewer);
  }
}

/** What came at once, as viewers take it. */
interface Parts {
  readonly all: readonly string[];
  /** What no viewer ever loses. */
  readonly lasting: readonly string[];
  /** The frame that nothing lasting came after. */
  readonly newest: string | null;
}

function partsOf({ events }: Heard): Parts {
  const last = events.at(-1);
  return {
    all: events.map(({ text }) => text),
    lasting: events.filter(({ kind }) => kind !== "frame").map(({ text }) => text),
    newest: last?.kind === "frame" ? last.text : null,
  };
}

/** What all viewers of a node count together. */
class Pace {
  behind = 0;
  dropped = 0;
  readonly lags = new Histogram(WAIT_SECONDS);
}

/** What holds for every viewer. */
interface Rules {
  readonly behindBytes: number;
  readonly clock: Pick<Clock, "now">;
  readonly pace: Pace;
}

/** One who watches. If its line does not keep up, it loses frames, the older ones first, and nothing else. */
class Viewer {
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
    if (remaining !== null) this.take(remaining);
  }

  take({ all, lasting, newest }: Parts): void {
    if (!this.#hasBegun) return;
    const { behindBytes, pace } = this.#rules;
    if (this.line.buffered <= behindBytes) {
      this.#lose();
      this.#catchUp();
      this.line.send(all);
      return;
    }
    this.#fallBehind();
    if (lasting.length > 0) {
      this.#lose();
      this.line.send(lasting);
    }
    pace.dropped += all.length - lasting.length;
    if (newest === null) return;
    this.#lose();
    // Whether this one is lost is not decided yet.
    pace.dropped--;
    this.#missed = newest;
  }

  drained(): void {
    this.#catchUp();
    const missed = this.#missed;
    this.#missed = null;
    if (missed !== null) this.line.send([missed]);
  }

  left(): void {
    if (this.#behindSince !== null) this.#rules.pace.behind--;
    this.#behindSince = null;
  }

  #lose(): void {
    if (this.#missed !== null) this.#rules.pace.dropped++;
    this.#missed = null;
  }

  #fallBehind(): void {
    if (this.#behindSince !== null) return;
    this.#behindSince = this.#rules.clock.now();
    this.#rules.pace.behind++;
  }

  #catchUp(): void {
    if (this.#behindSince === null) return;
    const { pace, clock } = this.#rules;
    pace.lags.observe((clock.now() - this.#behindSince) / 1_000);
    pace.behind--;
    this.#behindSince = null;
  }

  ping(text: string): void {
    // Who has not taken what came before needs no sign of life.
    if (this.line.buffered === 0) this.line.send([text]);
  }
}
