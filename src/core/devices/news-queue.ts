import type { DeviceNews } from "./device.ts";

/** Announcements kept at most; past it the oldest are given up. */
export const MAX_WAITING = 50_000;

export interface Announcement {
  readonly news: DeviceNews;
  /** Whom it concerns beside the user; null: whoever it does. */
  readonly contacts: ReadonlySet<string> | null;
  readonly again: boolean;
}

/** Announcements that wait for their turn: a user's in their order, and none while older ones are on their way. */
export class NewsQueue {
  readonly #failed: (error: unknown) => void;
  /** By user; the user who has waited longest first. */
  readonly #waiting = new Map<string, Announcement[]>();
  /** Users who may be taken. */
  readonly #ready = new Set<string>();
  readonly #busy = new Set<string>();
  /** How many wait, and how many are on their way. */
  #size = 0;
  #underWay = 0;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Users who have something to be told that may be taken. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Announcements that are not told yet. */
  get untold(): number {
    return this.#size + this.#underWay;
  }

  put(announcement: Announcement): void {
    const { email } = announcement.news;
    const own = this.#waiting.get(email);
    if (own === undefined) this.#waiting.set(email, [announcement]);
    else own.push(announcement);
    if (!this.#busy.has(email)) this.#ready.add(email);
    if (++this.#size > MAX_WAITING) this.#giveUpOldest();
  }

  /** All that waits for the users whose turn it is: of so many as have `atMost` together, but of one at least. */
  take(atMost: number): readonly Announcement[] {
    const taken: Announcement[] = [];
    for (const email of this.#ready) {
      const own = this.#waiting.get(email)!;
      if (taken.length > 0 && taken.length + own.length > atMost) break;
      taken.push(...own);
      this.#ready.delete(email);
      this.#waiting.delete(email);
      this.#busy.add(email);
    }
    this.#size -= taken.length;
    this.#underWay += taken.length;
    return taken;
  }

  /** @param untold of what was taken, the last ones, which come first the next time */
  done(taken: readonly Announcement[], untold: readonly Announcement[]): void {
    this.#underWay -= taken.length;
    for (const { news } of taken) {
      this.#busy.delete(news.email);
      if (this.#waiting.has(news.email)) this.#ready.add(news.email);
    }
    for (const [email, own] of Map.groupBy(untold, ({ news }) => news.email)) {
      this.#waiting.set(email, [...own, ...(this.#waiting.get(email) ?? [])]);
      this.#ready.add(email);
    }
    this.#size += untold.length;
    while (this.#size > MAX_WAITING) this.#giveUpOldest();
  }

  #giveUpOldest(): void {
    const [email, own] = this.#waiting.entries().next().value!;
    own.shift();
    this.#size--;
    if (own.length === 0) {
      this.#waiting.delete(email);
      this.#ready.delete(email);
    }
    this.#failed(new Error(`more than ${MAX_WAITING} announcements wait: the oldest is given up`));
  }
}
