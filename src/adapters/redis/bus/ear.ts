import type { Redis } from "ioredis";
import type { Clock, Timer } from "../../../ports/clock.ts";

/** One subscription in Redis' own terms. Compared by identity: asked for again, it is another one. */
export interface Line {
  readonly verb: "subscribe" | "psubscribe" | "ssubscribe";
  /** A channel, or for psubscribe a pattern. */
  readonly name: string;
}

export interface EarNews {
  heard(line: Line, message: string): void;
  inForce(line: Line): void;
  /** Nothing is heard on these any more. */
  fell(lines: readonly Line[]): void;
  /** The server is gone or does not keep these channels any more. */
  astray(): void;
  refused(error: Error): void;
}

/** How often the connection must show that it lives, in ms. */
const PING_MS = 2_000;

/** When a subscription that was refused is asked for again, in ms. */
const AGAIN_MS = 500;

const UNDO = { subscribe: "unsubscribe", psubscribe: "punsubscribe", ssubscribe: "sunsubscribe" } as const;

/** One connection that hears. It asks for all its lines again whenever it has lost them. */
export class Ear {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #news: EarNews;
  readonly #wanted = new Map<string, Line>();
  readonly #inForce = new Set<Line>();
  readonly #pings: Timer;
  /** Grows with every loss: an answer from before it says nothing any more. */
  #times = 0;
  #again: Timer | null = null;

  constructor(redis: Redis, clock: Clock, news: EarNews) {
    this.#redis = redis;
    this.#clock = clock;
    this.#news = news;
    redis.on("error", () => undefined);
    redis.on("ready", () => this.#askAll());
    redis.on("close", () => {
      this.#fall();
      news.astray();
    });
    // The client says so when a cluster has moved channels away, and not which.
    redis.on("moved", () => {
      this.#fall();
      news.astray();
      this.#askAgain();
    });
    redis.on("message", (channel: string, message: string) => this.#hear("subscribe", channel, message));
    redis.on("smessage", (channel: string, message: string) => this.#hear("ssubscribe", channel, message));
    redis.on("pmessage", (pattern: string, _: string, message: string) => this.#hear("psubscribe", pattern, message));
    this.#pings = clock.every(PING_MS, () => this.#ping());
  }

  get isIdle(): boolean {
    return this.#wanted.size === 0;
  }

  want(line: Line): void {
    this.#wanted.set(keyOf(line), line);
    if (this.#redis.status === "ready") this.#ask(line);
  }

  unwant(line: Line): void {
    if (this.#wanted.get(keyOf(line)) !== line) return;
    this.#wanted.delete(keyOf(line));
    this.#inForce.delete(line);
    if (this.#redis.status !== "ready") return;
    this.#redis[UNDO[line.verb]](line.name).catch(() => undefined);
  }

  close(): void {
    this.#pings.cancel();
    this.#again?.cancel();
    this.#wanted.clear();
    this.#redis.disconnect();
  }

  #hear(verb: Line["verb"], name: string, message: string): void {
    const line = this.#wanted.get(keyOf({ verb, name }));
    if (line !== undefined) this.#news.heard(line, message);
  }

  #askAll(): void {
    if (this.#redis.status !== "ready") return;
    for (const line of this.#wanted.values()) {
      if (!this.#inForce.has(line)) this.#ask(line);
    }
  }

  /** Later: at once it would only be refused again. */
  #askAgain(): void {
    this.#again ??= this.#clock.after(AGAIN_MS, () => {
      this.#again = null;
      this.#askAll();
    });
  }

  #ask(line: Line): void {
    const times = this.#times;
    const isCurrent = (): boolean => times === this.#times && this.#wanted.get(keyOf(line)) === line;
    this.#redis[line.verb](line.name).then(
      () => {
        if (!isCurrent() || this.#inForce.has(line)) return;
        this.#inForce.add(line);
        this.#news.inForce(line);
      },
      (error: Error) => {
        if (!isCurrent()) return;
        if (!error.message.startsWith("MOVED ")) this.#news.refused(error);
        this.#news.astray();
        this.#askAgain();
      },
    );
  }

  #fall(): void {
    this.#times++;
    const lines = [...this.#inForce];
    this.#inForce.clear();
    if (lines.length > 0) this.#news.fell(lines);
  }

  /** Without a question that is owed an answer, a connection that is cut somewhere on its way looks like a quiet one. */
  #ping(): void {
    if (this.#redis.status === "ready") this.#redis.ping().catch(() => undefined);
  }
}

function keyOf({ verb, name }: Line): string {
  return `${verb} ${name}`;
}
