import type { Clock } from "../../ports/clock.ts";
import type { Presences } from "../../ports/presences.ts";
import type { Streams } from "../../ports/streams.ts";

/** How long a match counts as live without a frame, in ms. */
export const LIVE_MS = 60_000;

/** How often the store is told of one, in ms: as exact as {@link LIVE_MS} has to be. */
const TELL_MS = 1_000;

const GROUP = "live";

export interface LiveMatchesOptions {
  readonly presences: Presences;
  readonly streams: Pick<Streams, "head">;
  readonly clock: Clock;
  readonly node: string;
  failed(error: unknown): void;
}

/** Which matches are being streamed, on whichever nodes. */
export class LiveMatches {
  readonly #options: LiveMatchesOptions;
  /** When the store was told last, in ms; those of the last second. */
  readonly #told = new Map<string, number>();

  constructor(options: LiveMatchesOptions) {
    this.#options = options;
  }

  /** @throws {StoreUnavailable} */
  async begin(id: string): Promise<void> {
    this.#note(id);
    await this.#enter(id);
  }

  /** A frame came. */
  goOn(id: string): void {
    if (!this.#note(id)) return;
    this.#enter(id).catch((error: unknown) => {
      this.#told.delete(id);
      this.#options.failed(error);
    });
  }

  /** @throws {StoreUnavailable} */
  async end(id: string): Promise<void> {
    this.#told.delete(id);
    // Whichever node holds it: every node uses the same name for the connection.
    await this.#options.presences.leave(GROUP, id, id);
  }

  /** @throws {StoreUnavailable} */
  async list(): Promise<readonly string[]> {
    const live = (await this.#options.presences.of([GROUP])).get(GROUP) ?? [];
    return live.toSorted((a, b) => a.since - b.since).map(({ member }) => member);
  }

  /** False if the store has been told just now. */
  #note(id: string): boolean {
    const now = this.#options.clock.now();
    for (const [one, at] of this.#told) {
      if (at > now - TELL_MS) break;
      this.#told.delete(one);
    }
    if (this.#told.has(id)) return false;
    this.#told.set(id, now);
    return true;
  }

  async #enter(id: string): Promise<void> {
    const { presences, streams, node } = this.#options;
    await presences.enter({ group: GROUP, member: id, connection: id, node, value: "" }, LIVE_MS);
    // Another node may have ended it since the frame was taken. If not yet, what it says comes after this.
    if ((await streams.head(id))?.hasEnded) await this.end(id);
  }
}
