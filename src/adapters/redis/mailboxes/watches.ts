import type { Bus, Subscription } from "../../../ports/bus.ts";
import type { Clock, Timer } from "../../../ports/clock.ts";
import { selects, type Selection, type Tidings } from "../../../ports/mailboxes.ts";
import { StoreUnavailable } from "../../../ports/store-error.ts";

/** What shows that something has happened in a mailbox, however nobody has told of it. */
export interface State {
  readonly cursor: string | null;
  readonly dropped: string | null;
}

/** Without what it says: a watcher reads that for itself. */
interface Posted {
  readonly kind: string;
  readonly from: string;
  readonly to: string | null;
}

interface Watcher {
  readonly selection: Selection;
  readonly tell: (what: Tidings) => void;
}

export interface WatchesDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  channelOf(mailbox: string): string;
  stateOf(mailbox: string): Promise<State>;
}

interface Watched {
  readonly watchers: Set<Watcher>;
  readonly subscription: Subscription;
  /** Resolves once nothing is missed any more. */
  readonly begun: Promise<void>;
  seen: State;
}

/** How often to look whether something was missed, and at how many mailboxes at once. */
const LOOK_MS = 5_000;
const AT_ONCE = 64;

/** How long a subscription may take, in ms. */
const BEGIN_MS = 4_000;

/**
 * Who watches which mailbox on this node. The bus tells of a post after it is written; since a node may die in between,
 * and the bus may lose what it is told, the state of each watched mailbox is looked at now and then, and after a gap.
 */
export class Watches {
  readonly #deps: WatchesDeps;
  readonly #watched = new Map<string, Watched>();
  #timer: Timer | null = null;
  #underway = false;

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
    deps.bus.onGap(() => void this.#look());
  }

  /** @throws {StoreUnavailable} */
  async begin(mailbox: string, selection: Selection, tell: (what: Tidings) => void): Promise<() => void> {
    const watched = this.#watched.get(mailbox) ?? this.#open(mailbox);
    const watcher = { selection, tell };
    watched.watchers.add(watcher);
    const end = (): void => {
      if (watched.watchers.delete(watcher) && watched.watchers.size === 0) this.#close(mailbox, watched);
    };
    try {
      await watched.begun;
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  /** Tells everybody that something was posted. Nobody waits for it: what gets lost is found by looking. */
  posted(mailbox: string, { kind, from, to }: Posted): void {
    this.#publish(mailbox, { kind, from, to });
  }

  dropped(mailbox: string): void {
    this.#publish(mailbox, null);
  }

  #publish(mailbox: string, what: Posted | null): void {
    const { bus, channelOf } = this.#deps;
    bus.publish(channelOf(mailbox), JSON.stringify(what)).catch(() => undefined);
  }

  #open(mailbox: string): Watched {
    const { bus, clock, channelOf } = this.#deps;
    const watchers = new Set<Watcher>();
    const subscription = bus.subscribe(channelOf(mailbox), (text) => {
      const mail = JSON.parse(text) as Posted | null;
      for (const { selection, tell } of [...watchers]) {
        if (mail === null) tell("dropped");
        else if (selects(selection, mail)) tell("posted");
      }
    });
    const watched: Watched = {
      watchers,
      subscription,
      begun: this.#begin(mailbox, subscription),
      seen: { cursor: null, dropped: null },
    };
    this.#watched.set(mailbox, watched);
    this.#timer ??= clock.every(LOOK_MS, () => void this.#look());
    return watched;
  }

  async #begin(mailbox: string, { inForce }: Subscription): Promise<void> {
    const state = await this.#deps.stateOf(mailbox);
    // Read while the subscription comes into force: what is posted in between is told by one or found by the other.
    const watched = this.#watched.get(mailbox);
    if (watched !== undefined) watched.seen = state;
    await this.#soon(inForce);
  }

  /** The wish stands until it is fulfilled; whoever watches would rather hear that the store is away. */
  #soon(inForce: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = new StoreUnavailable(new Error(`no subscription within ${BEGIN_MS} ms`));
      const timer = this.#deps.clock.after(BEGIN_MS, () => reject(late));
      void inForce.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #close(mailbox: string, watched: Watched): void {
    if (this.#watched.get(mailbox) === watched) this.#watched.delete(mailbox);
    watched.subscription.end();
    if (this.#watched.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  async #look(): Promise<void> {
    if (this.#underway) return;
    this.#underway = true;
    const all = [...this.#watched];
    try {
      for (let at = 0; at < all.length; at += AT_ONCE) {
        await Promise.all(all.slice(at, at + AT_ONCE).map(([mailbox, watched]) => this.#compare(mailbox, watched)));
      }
    } catch {
      // The store is away, which others notice and say; the next look finds what has happened meanwhile.
    } finally {
      this.#underway = false;
    }
  }

  async #compare(mailbox: string, watched: Watched): Promise<void> {
    const { cursor, dropped } = await this.#deps.stateOf(mailbox);
    const { seen } = watched;
    watched.seen = { cursor, dropped };
    const what = dropped !== null && dropped !== seen.dropped ? "dropped" : "posted";
    if (cursor === null || (cursor === seen.cursor && what === "posted")) return;
    for (const { tell } of [...watched.watchers]) tell(what);
  }
}
