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
    if (!this.#rewrites) {
      const text = this.#json ? JSON.stringify(report(this.#told)) : sentence(this.#told);
      this.#screen.write(`${text}\n`);
      return;
    }
    const columns = (this.#screen.columns ?? 80) - 1;
    const whole = sentence(this.#told);
    this.#screen.write(`\r\u001b[K${whole.length <= columns ? whole : cut(sentence(this.#told, true), columns)}`);
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

/** `1:05  64 begun | host-pool 24 hosts, 9 playing | …`; in brief, `1:05  64 begun | 9 playing | …`. */
function sentence({ world, figures, traffic, elapsed }: Told, isBrief = false): string {
  const { failed } = figures;
  const { limited, overloaded, unanswered } = traffic;
  const begun = [`${figures.begun} begun`, ...(failed > 0 ? [`${failed} failed`] : [])].join(", ");
  const troubles = [
    ...(limited > 0 ? [`${limited} x 429`] : []),
    ...(overloaded > 0 ? [`${overloaded} x 503`] : []),
    ...(unanswered > 0 ? [`${unanswered} unanswered`] : []),
  ];
  const faces = Object.entries(world.now()).map(([face, counts]) => {
    const words = Object.entries(counts).map(([what, count]) => `${count} ${count === 1 ? (ONE[what] ?? what) : what}`);
    return isBrief ? (words.at(-1) ?? face) : `${face} ${words.join(", ")}`;
  });
  return [`${clock(elapsed())}  ${begun}`, ...(troubles.length > 0 ? [troubles.join(", ")] : []), ...faces].join(" | ");
}

/** How one of them is called. */
const ONE: Readonly<Record<string, string>> = {
  hosts: "host",
  sessions: "session",
  players: "player",
  people: "person",
  "devices online": "device online",
  calls: "call",
  viewers: "viewer",
  matches: "match",
  strangers: "stranger",
};

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
