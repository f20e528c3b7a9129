import type { Clock, Timer } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Joined, StreamHub } from "./hub.ts";
import { partsOf, Viewer, type Pace, type Parts, type Rules, type ViewerLine } from "./viewer.ts";
import type { ViewerCounts } from "./viewer-counts.ts";

/** How often a viewer is shown that the connection lives, and how long after the match's end it is closed, in ms. */
const PING_MS = 30_000;
const FAREWELL_MS = 5_000;

export interface Watching {
  /** Everything that was buffered has gone out. */
  drained(): void;
  leave(): void;
}

export interface AudienceOptions {
  readonly hub: StreamHub;
  /** Gives a stream that was lost what its replay has of it. */
  revive(id: string): Promise<void>;
  failed(error: unknown): void;
  readonly counts: ViewerCounts;
  readonly clock: Clock;
  /** Bytes a line may have not taken yet before it loses frames. */
  readonly behindBytes: number;
  /**
   * From how many who keep up on they are told at once. That costs less, but goes out at the end of a turn, which is late
   * where the node is busy; fewer are written to in no time.
   */
  readonly crowd: number;
  /** What a ping is. */
  readonly ping: string;
}

/** How many audiences there have been: no two have the same channel. */
let audiences = 0;

/**
 * Those who watch one match on this node. It hears the stream once, and tells a crowd that keeps up at once; only those who
 * do not, and those of a smaller audience, are dealt with one by one.
 */
export class Audience {
  readonly #id: string;
  readonly #options: AudienceOptions;
  readonly #rules: Rules;
  readonly #viewers = new Set<Viewer>();
  /** Those who do not keep up. */
  readonly #behind = new Set<Viewer>();
  /** Somebody who keeps up may have something left: all are looked at before they are told more. */
  #isUneven = false;
  /** Characters told since all were looked at, or are to be. */
  #told = 0;
  readonly #onEmpty: () => void;
  #joined: Promise<Joined> | null = null;
  #looking: Timer | null = null;
  #pinging: Timer | null = null;
  #farewell: Timer | null = null;

  constructor(id: string, options: AudienceOptions, pace: Pace, onEmpty: () => void) {
    this.#id = id;
    this.#options = options;
    const { behindBytes, clock } = options;
    this.#rules = { channel: `audience ${++audiences}`, behindBytes, clock, pace };
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** @throws {StoreUnavailable} */
  async add(line: ViewerLine): Promise<Watching> {
    const { counts, clock, ping } = this.#options;
    const viewer = new Viewer(line, this.#rules);
    this.#viewers.add(viewer);
    counts.set(this.#id, this.size);
    this.#pinging ??= clock.every(PING_MS, () => this.#each((one) => one.ping(ping)));
    const leave = (): void => {
      viewer.left();
      this.#behind.delete(viewer);
      if (this.#viewers.delete(viewer)) this.#left();
    };
    try {
      const joined = await (this.#joined ??= this.#join());
      // In one turn, so that nothing comes between what remains and what follows.
      const remaining = joined.remains();
      viewer.begin(remaining === null ? null : partsOf(remaining));
      this.#isUneven ||= line.buffered > 0;
      if (remaining?.hasEnded === true) this.#end();
    } catch (error) {
      leave();
      throw error;
    }
    return { drained: () => this.#drained(viewer), leave };
  }

  #join(): Promise<Joined> {
    const joining = this.#revived().then(() =>
      this.#options.hub.join(this.#id, (heard) => {
        this.#tell(partsOf(heard));
        if (heard.hasEnded) this.#end();
      }),
    );
    // The next one who comes tries again.
    joining.catch(() => (this.#joined = null));
    return joining;
  }

  async #revived(): Promise<void> {
    const { revive, failed } = this.#options;
    try {
      await revive(this.#id);
    } catch (error) {
      // What comes can be watched without it; whether the streams are there, is for them to say.
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
    }
  }

  #tell(came: Parts): void {
    if (this.#isUneven) this.#look();
    if (this.#viewers.size - this.#behind.size >= this.#options.crowd) this.#tellAtOnce(came);
    else {
      for (const viewer of this.#viewers) viewer.follow(came);
      this.#isUneven = true;
    }
    for (const viewer of this.#behind) if (viewer.take(came)) this.#caughtUp(viewer);
  }

  #tellAtOnce({ all }: Parts): void {
    const [anyone] = this.#viewers;
    this.#isUneven = anyone?.line.tell(this.#rules.channel, all) === false;
    this.#told += all.reduce((sum, { length }) => sum + length, 0);
    if (this.#told > this.#rules.behindBytes) this.#lookSoon();
  }

  /** What was told in this turn is with the lines in the next one, and nothing may follow that would tell of it. */
  #lookSoon(): void {
    this.#told = 0;
    // One that is due in this turn still would see nothing of it.
    this.#looking?.cancel();
    this.#looking = this.#options.clock.after(0, () => {
      this.#looking = null;
      this.#look();
    });
  }

  /** Who does not keep up is told no more with the others. */
  #look(): void {
    for (const viewer of this.#viewers) {
      if (this.#behind.has(viewer) || !viewer.fallsBehind()) continue;
      this.#behind.add(viewer);
      // Last, since one that is cut may leave at once.
      viewer.line.bound();
    }
  }

  #drained(viewer: Viewer): void {
    if (!this.#behind.has(viewer)) return;
    viewer.drained();
    this.#caughtUp(viewer);
  }

  #caughtUp(viewer: Viewer): void {
    this.#behind.delete(viewer);
    // It may have something left, and is likely to fall behind again.
    this.#isUneven = true;
  }

  #left(): void {
    this.#options.counts.set(this.#id, this.size);
    if (this.size > 0) return;
    this.#joined?.then(
      ({ leave }) => leave(),
      () => undefined,
    );
    for (const timer of [this.#looking, this.#pinging, this.#farewell]) timer?.cancel();
    [this.#joined, this.#looking, this.#pinging, this.#farewell] = [null, null, null, null];
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
