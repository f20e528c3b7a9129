import { COME_BACK_SECONDS, Crowd } from "../limits/crowd.ts";
import { Refusal } from "./refusal.ts";

/**
 * So many bodies may be under way without anybody asking whose they are: most come along with their headers, and finding
 * out whom each counts on would cost every request more than it takes to wait for it.
 */
export const UNCOUNTED = 32;

export interface ArrivalsOptions {
  /** Bodies of one client address that are waited for at once; 0: as many as there may be in all. */
  readonly perAddress: number;
  /** The same in all, beside those that nobody counts. */
  readonly max: number;
  /** Runs it in the next turn of the event loop, after what has come over connections. */
  nextTurn(run: () => void): void;
}

/**
 * Refuses a request whose body is still under way. Its answer ends the connection, since whoever does not send the rest
 * would keep it for nothing.
 */
export class NoPlace extends Refusal {
  readonly retrySeconds = COME_BACK_SECONDS;
}

/**
 * The bodies that are still under way. Each holds a connection for as long as its client likes to take, as a socket does:
 * past the first few each has a place, and those of one address have only so many.
 */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #crowd: Crowd;
  #waiting = 0;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    this.#crowd = new Crowd(options);
  }

  /** A body is waited for; to be followed by {@link end}. True if it is to be waited for in a place. */
  begin(): boolean {
    return ++this.#waiting > UNCOUNTED;
  }

  end(): void {
    this.#waiting--;
  }

  /**
   * Waits for a body, from its beginning to its end. For what comes all the time {@link begin} does without a promise.
   *
   * @throws {NoPlace} rate_limited, overloaded
   */
  async wait<Body>(arriving: Promise<Body>, client: () => string | null): Promise<Body> {
    const needsPlace = this.begin();
    try {
      return await (needsPlace ? this.inPlace(arriving, client()) : arriving);
    } finally {
      this.end();
    }
  }

  /**
   * Waits for a body in a place of its client's; what has arrived needs none. `client` null: it counts on no address.
   *
   * @throws {NoPlace} rate_limited, overloaded
   */
  async inPlace<Body>(arriving: Promise<Body>, client: string | null): Promise<Body> {
    if (this.#crowd.refusal(client) !== null) {
      // Until somebody waits for it nobody else hears that it has failed.
      arriving.catch(() => undefined);
      // What has come along with its headers is here in the next turn.
      await new Promise<void>((resume) => this.#options.nextTurn(resume));
      if (Bun.peek.status(arriving) !== "pending") return arriving;
      const refusal = this.#crowd.refusal(client);
      if (refusal !== null) {
        throw refusal.code === "rate_limited"
          ? new NoPlace("rate_limited", "Too many bodies from this address are still under way.")
          : new NoPlace("overloaded");
      }
    }
    this.#crowd.enter(client);
    try {
      return await arriving;
    } finally {
      this.#crowd.leave(client);
    }
  }
}
