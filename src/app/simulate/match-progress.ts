import type { PlayerNews } from "./pair.ts";
import type { PublisherFigures } from "./publisher.ts";

const EVERY_MS = 500;

export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells how a simulation goes: on a terminal one line that changes, elsewhere a line for each new match. */
export class MatchProgress {
  readonly #screen: Screen;
  readonly #url: string;
  readonly #stages = new Map<string, PlayerNews["stage"]>();
  readonly #matches = new Set<string>();
  #timer: ReturnType<typeof setInterval> | null;
  #figures: PublisherFigures = { framesSent: 0, framesLeftOut: 0 };

  constructor(screen: Screen, url: string) {
    this.#screen = screen;
    this.#url = url;
    this.#timer = screen.isTTY === true ? setInterval(() => this.#draw(), EVERY_MS) : null;
  }

  hear({ player, stage, matchId }: PlayerNews): void {
    this.#stages.set(player, stage);
    if (matchId === null || this.#matches.has(matchId)) return;
    this.#matches.add(matchId);
    this.#line(`${player} plays: watch it on ${this.#url}/watch/${matchId}`);
  }

  /** @param figures as they grow */
  count(figures: PublisherFigures): void {
    this.#figures = figures;
  }

  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#screen.write("\r\u001b[K");
  }

  #line(text: string): void {
    this.#screen.write(`${this.#timer === null ? "" : "\r\u001b[K"}${text}\n`);
  }

  #draw(): void {
    const counts = ["waiting", "playing", "signing", "done"].map(
      (stage) => `${[...this.#stages.values()].filter((one) => one === stage).length} ${stage}`,
    );
    const { framesSent, framesLeftOut } = this.#figures;
    const frames = `${framesSent} frames sent${framesLeftOut > 0 ? `, ${framesLeftOut} left out` : ""}`;
    this.#screen.write(`\r\u001b[KPlayers: ${counts.join(", ")}; ${frames}. Ctrl-C ends it.`);
  }
}
