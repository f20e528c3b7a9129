import type { Bus, Subscription } from "../../ports/bus.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Place } from "../../ports/queue-records.ts";
import { ENTRY_SILENCE_MS, type Queue } from "./queue.ts";

/** What all nodes tell each other: the id of each entry that has left the queue. */
const CHANNEL = "arena:queue-left";

/** How often a watched entry is looked at without news, in ms: news may be lost, and looking keeps the entry waiting. */
const LOOK_MS = 5_000;

/**
 * How long one watch lasts, in ms. Looking counts as asking after the entry, and a client that hangs looks like one that
 * lives: as often as everybody else it must ask by itself.
 */
const WATCH_MS = ENTRY_SILENCE_MS;

/** Watchers of one entry; a new one takes the place of the oldest. */
const MAX_WATCHERS = 4;

export interface Watcher {
  /** How the entry stands, at first and whenever that changes. */
  show(place: Place): void;
  /**
   * Nothing more will come: the entry has left the queue, another watcher took the place, the watch has lasted its time,
   * or the server goes down.
   */
  end(): void;
}

/** Tells those who watch an entry of the queue what becomes of it, on whichever node that happens. */
export class QueueWatch {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #failed: (error: unknown) => void;
  readonly #watches = new Map<string, Set<Watch>>();
  #news: Subscription | null = null;
  #gaps: (() => void) | null = null;
  #isStopped = false;

  /** `failed`: a step failed; the next look comes. */
  constructor(deps: { readonly bus: Bus; readonly clock: Clock; failed(error: unknown): void }) {
    this.#bus = deps.bus;
    this.#clock = deps.clock;
    this.#failed = deps.failed;
  }

  start(): void {
    this.#news = this.#bus.subscribe(CHANNEL, (queueId) => this.#lookAt(queueId));
    this.#gaps = this.#bus.onGap(() => {
      for (const queueId of this.#watches.keys()) this.#lookAt(queueId);
    });
  }

  /** Ends all watches and hears nothing more; whoever watches from now on is told how things stand, and goodbye. */
  stop(): void {
    this.#isStopped = true;
    this.#news?.end();
    this.#gaps?.();
    for (const watches of [...this.#watches.values()]) for (const watch of [...watches]) watch.end();
  }

  /** An entry has left the queue: all nodes hear of it. */
  left(queueId: string): void {
    this.#bus.publish(CHANNEL, queueId).catch(this.#failed);
  }

  /**
   * Watches an entry until it has left the queue, ENTRY_SILENCE_MS are over, or the function that comes back is called.
   *
   * @throws {DomainError} queue_entry_not_found
   */
  async watch(queue: Queue, queueId: string, watcher: Watcher): Promise<() => void> {
    const watches = this.#watches.get(queueId) ?? new Set();
    const watch = new Watch({
      look: () => queue.look(queueId),
      watcher,
      clock: this.#clock,
      failed: this.#failed,
      ended: () => {
        if (watches.delete(watch) && watches.size === 0) this.#watches.delete(queueId);
      },
    });
    // Listed before the first look, so that nothing that happens meanwhile is missed.
    this.#watches.set(queueId, watches.add(watch));
    if (watches.size > MAX_WATCHERS) [...watches][0]!.end();
    try {
      await watch.begin();
    } catch (error) {
      watch.end();
      throw error;
    }
    if (this.#isStopped) watch.end();
    return () => watch.end();
  }

  #lookAt(queueId: string): void {
    for (const watch of this.#watches.get(queueId) ?? []) watch.look();
  }
}

interface WatchDeps {
  readonly watcher: Watcher;
  readonly clock: Clock;
  look(): Promise<Place>;
  failed(error: unknown): void;
  ended(): void;
}

/** One watcher of one entry. Looks one at a time, so that what it shows is in order. */
class Watch {
  readonly #deps: WatchDeps;
  #shown = "";
  #timers: readonly Timer[] = [];
  #isLooking = false;
  #again = false;
  #isOver = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** The first look, which may throw; then one whenever there is news, and now and then. */
  async begin(): Promise<void> {
    await this.#lookOnce();
    const { clock } = this.#deps;
    if (!this.#isOver) {
      this.#timers = [clock.every(LOOK_MS, () => this.look()), clock.after(WATCH_MS, () => this.end())];
    }
  }

  look(): void {
    if (this.#isOver) return;
    if (this.#isLooking) this.#again = true;
    else this.#lookOnce().catch(this.#deps.failed);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
    this.#deps.ended();
    this.#deps.watcher.end();
  }

  async #lookOnce(): Promise<void> {
    this.#isLooking = true;
    try {
      do {
        this.#again = false;
        this.#show(await this.#deps.look());
      } while (this.#again && !this.#isOver);
    } finally {
      this.#isLooking = false;
    }
  }

  #show(place: Place): void {
    if (this.#isOver) return;
    const { status, position } = place.entry;
    const shown = `${status} ${position}`;
    if (shown !== this.#shown) this.#deps.watcher.show(place);
    this.#shown = shown;
    if (status !== "waiting") this.end();
  }
}
