import type { Figures } from "./figures.ts";
import type { Traffic } from "./traffic.ts";
import type { World } from "./world.ts";

/** How often a line is rewritten, and how often a new one is written where that cannot be, in ms. */
const [REDRAW_MS, WRITE_MS] = [1_000, 10_000];

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Told {
  readonly world: Pick<World, "now">;
  readonly figures: Figures;
  readonly traffic: Traffic;
  /** Since the beginning, in ms. */
  readonly elapsed: () => number;
}

/** Tells how a world goes: one line that is rewritten on a terminal, lines elsewhere, JSON for machines. */
export class WorldProgress {
  readonly #screen: Screen;
  readonly #told: Told;
  readonly #json: boolean;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(screen: Screen, told: Told, json = false) {
    [this.#screen, this.#told, this.#json] = [screen, told, json];
    this.#timer = setInterval(() => this.tell(), this.#rewrites ? REDRAW_MS : WRITE_MS);
  }

  tell(): void {
    const text = this.#json ? JSON.stringify(report(this.#told)) : sentence(this.#told);
    this.#screen.write(this.#rewrites ? `\r\u001b[K${cut(text, (this.#screen.columns ?? 80) - 1)}` : `${text}\n`);
  }

  /** Something that is not to be overwritten. */
  say(text: string): void {
    if (this.#json) process.stderr.write(`${text}\n`);
    else this.#screen.write(`${this.#rewrites ? "\r\u001b[K" : ""}${text}\n`);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#rewrites) this.#screen.write("\r\u001b[K");
  }

  get #rewrites(): boolean {
    return this.#screen.isTTY === true && !this.#json;
  }
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** `1:05  64 begun | host-pool 24 hosts, 9 playing | …` */
function sentence({ world, figures, traffic, elapsed }: Told): string {
  const { failed } = figures;
  const begun = `${figures.begun} begun${failed > 0 ? `, ${failed} failed` : ""}`;
  const refused = traffic.limited + traffic.overloaded + traffic.unanswered;
  const troubles = [
    [traffic.limited, "x 429"],
    [traffic.overloaded, "x 503"],
    [traffic.unanswered, "unanswered"],
  ] as const;
  const trouble = troubles.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ");
  const faces = Object.entries(world.now()).map(
    ([face, counts]) =>
      `${face} ${Object.entries(counts)
        .map(([what, count]) => `${count} ${what}`)
        .join(", ")}`,
  );
  return [`${clock(elapsed())}  ${begun}`, ...(refused > 0 ? [trouble] : []), ...faces].join(" | ");
}

/** `1:05`, `1:02:05`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The same for machines. */
export function report({ world, figures, traffic, elapsed }: Told) {
  const { requests, limited, overloaded, unanswered, reconnects } = traffic;
  const now = world.now();
  return {
    seconds: Math.round(elapsed() / 100) / 10,
    faces: Object.fromEntries(
      Object.entries(now).map(([face, counts]) => [face, { ...figures.faces[face as keyof typeof now], now: counts }]),
    ),
    traffic: { requests, limited, overloaded, unanswered, reconnects },
    problems: figures.reasons().map(([reason, times]) => ({ reason, times })),
  };
}
