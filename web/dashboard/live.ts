import type { LiveEvents, Overview, Sample } from "../../src/faces/operator/wire.ts";
import { ask, inWords, Refused } from "./access.ts";
import { EventReader } from "./sse.ts";

/** Retries wait a random time below this one, which doubles with each failure. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** An overview comes each second, so that a line that is silent for this long is dead. */
const SILENCE_MS = 10_000;
/** What charts show. */
export const CHART_MS = 15 * 60_000;

export type LinkState =
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  /** `retryAt` by `performance.now()`. */
  | { readonly name: "lost"; readonly why: string; readonly retryAt: number }
  | { readonly name: "refused"; readonly refusal: Refused };

export interface LiveListener {
  state(state: LinkState): void;
  overview(overview: Overview): void;
  samples(samples: readonly Sample[]): void;
}

class Silence extends Error {
  override readonly message = `The server has said nothing for ${SILENCE_MS / 1_000} s.`;
}

/** The connection to `GET /admin/live`: comes back by itself whenever it is lost, until it is refused. */
export class Live {
  readonly #listener: LiveListener;
  #samples: readonly Sample[] = [];
  #heardAt: number | null = null;
  #failures = 0;
  #retryNow: () => void = () => {};

  constructor(listener: LiveListener) {
    this.#listener = listener;
    addEventListener("online", () => this.retry());
  }

  /** How old the figures are, in ms; null if there are none. */
  get age(): number | null {
    return this.#heardAt === null ? null : performance.now() - this.#heardAt;
  }

  /** Does not wait any longer before the next attempt. */
  retry(): void {
    this.#retryNow();
  }

  /** Returns once it was refused. */
  async run(): Promise<void> {
    this.#listener.state({ name: "connecting" });
    for (;;) {
      const why = await this.#once().catch((error: unknown) => error);
      if (why instanceof Refused && (why.isAboutToken || why.status === 404)) {
        this.#listener.state({ name: "refused", refusal: why });
        return;
      }
      await this.#pause(sentence(why));
    }
  }

  async #once(): Promise<void> {
    const abort = new AbortController();
    const giveUp = (): void => abort.abort(new Silence());
    let watchdog = setTimeout(giveUp, SILENCE_MS);
    try {
      const { body } = await ask("/admin/live", { signal: abort.signal });
      const reader = new EventReader();
      const decoder = new TextDecoder();
      const pieces = body!.getReader();
      for (;;) {
        const { done, value } = await pieces.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(giveUp, SILENCE_MS);
        for (const { event, data } of reader.read(decoder.decode(value, { stream: true }))) this.#take(event, data);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #take(event: string, data: string): void {
    if (event === "overview") {
      this.#heardAt = performance.now();
      this.#failures = 0;
      this.#listener.state({ name: "live" });
      this.#listener.overview(JSON.parse(data) as LiveEvents["overview"]);
    } else if (event === "history") {
      this.#keep((JSON.parse(data) as LiveEvents["history"]).samples);
    } else if (event === "sample") {
      this.#keep([...this.#samples, JSON.parse(data) as LiveEvents["sample"]]);
    }
  }

  #keep(samples: readonly Sample[]): void {
    const from = (samples.at(-1)?.at ?? 0) - CHART_MS;
    this.#samples = samples.filter(({ at }) => at >= from);
    this.#listener.samples(this.#samples);
  }

  async #pause(why: string): Promise<void> {
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    const ms = 200 + Math.random() * most;
    this.#listener.state({ name: "lost", why, retryAt: performance.now() + ms });
    await new Promise<void>((resume) => {
      const timer = setTimeout(resume, ms);
      this.#retryNow = () => {
        clearTimeout(timer);
        resume();
      };
    });
    this.#retryNow = () => {};
  }
}

/** Why the connection ended; undefined: the server ended it as it should. */
function sentence(why: unknown): string {
  if (why === undefined) return "The server closed the connection.";
  return why instanceof Silence ? why.message : inWords(why);
}
