import type { Distribution } from "../measures/histogram.ts";
import { Audience, type AudienceOptions, type Watching } from "./audience.ts";
import { Pace, type ViewerLine } from "./viewer.ts";

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
  readonly #options: AudienceOptions;
  readonly #pace = new Pace();
  readonly #audiences = new Map<string, Audience>();

  constructor(options: AudienceOptions) {
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
