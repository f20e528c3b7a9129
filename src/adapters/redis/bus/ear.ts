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

/** How often the server must show that it lives and what it is, in ms. */
const LOOK_MS = 2_000;

/** When a subscription that was refused is asked for again, in ms. */
const AGAIN_MS = 500;

const UNDO = { subscribe: "unsubscribe", psubscribe: "punsubscribe", ssubscribe: "sunsubscribe" } as const;

/** One connection that hears. It asks for all its lines again whenever it has lost them. */
export class Ear {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #news: EarNews;
  readonly #needsMaster: boolean;
  readonly #wanted = new Map<string, Line>();
  readonly #inForce = new Set<Line>();
  readonly #asked = new Set<Line>();
  readonly #looks: Timer;
  /** Grows with every loss: an answer from before it says nothing any more. */
  #times = 0;
  #again: Timer | null = null;
  #isMaster = false;

  constructor(deps: { redis: Redis; clock: Clock; news: EarNews; needsMaster: boolean }) {
    const { redis, clock, news } = deps;
    this.#redis = redis;
    this.#clock = clock;
    this.#news = news;
    this.#needsMaster = deps.needsMaster;
    redis.on("error", () => undefined);
    redis.on("ready", () => this.#look());
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
    this.#looks = clock.every(LOOK_MS, () => this.#look());
  }

  get isIdle(): boolean {
    return this.#wanted.size === 0;
  }

  want(line: Line): void {
    this.#wanted.set(keyOf(line), line);
    if (this.#isUsable) this.#ask(line);
  }

  unwant(line: Line): void {
    if (this.#wanted.get(keyOf(line)) !== line) return;
    this.#wanted.delete(keyOf(line));
    this.#inForce.delete(line);
    this.#asked.delete(line);
    if (this.#redis.status !== "ready") return;
    this.#redis[UNDO[line.verb]](line.name).catch(() => undefined);
  }

  close(): void {
    this.#looks.cancel();
    this.#again?.cancel();
    this.#wanted.clear();
    this.#redis.disconnect();
  }

  #hear(verb: Line["verb"], name: string, message: string): void {
    const line = this.#wanted.get(keyOf({ verb, name }));
    if (line !== undefined) this.#news.heard(line, message);
  }

  get #isUsable(): boolean {
    return this.#redis.status === "ready" && this.#isMaster;
  }

  /**
   * Replicas take subscriptions to sharded channels too, but Redis counts those on the master only: whoever hears on a
   * replica is said not to. And without a question that is owed an answer, a connection that is cut somewhere on its way
   * looks like a quiet one.
   */
  #look(): void {
    if (this.#redis.status !== "ready") return;
    const times = this.#times;
    this.#redis.role().then(
      ([role]) => times === this.#times && this.#found(role === "master"),
      // Whoever may not ask takes the cluster's map for true. One that does not answer is closed by the client.
      ({ message }: Error) => message.startsWith("NOPERM") && this.#found(true),
    );
  }

  #found(isMaster: boolean): void {
    this.#isMaster = isMaster || !this.#needsMaster;
    if (this.#isMaster) return this.#askAll();
    this.#fall();
    this.#news.astray();
  }

  #askAll(): void {
    if (!this.#isUsable) return;
    for (const line of this.#wanted.values()) {
      if (!this.#inForce.has(line) && !this.#asked.has(line)) this.#ask(line);
    }
  }

  /** Later: at once it would only be refused again. */
  #askAgain(): void {
    this.#again ??= this.#clock.after(AGAIN_MS, () => {
      this.#again = null;
      this.#look();
    });
  }

  #ask(line: Line): void {
    const times = this.#times;
    const isCurrent = (): boolean => times === this.#times && this.#wanted.get(keyOf(line)) === line;
    this.#asked.add(line);
    this.#redis[line.verb](line.name).then(
      () => {
        if (!isCurrent()) return;
        this.#asked.delete(line);
        this.#inForce.add(line);
        this.#news.inForce(line);
      },
      (error: Error) => {
        if (!isCurrent()) return;
        this.#asked.delete(line);
        if (!error.message.startsWith("MOVED ")) this.#news.refused(error);
        this.#news.astray();
        this.#askAgain();
      },
    );
  }

  #fall(): void {
    this.#times++;
    this.#isMaster = false;
    const lines = [...this.#inForce];
    this.#inForce.clear();
    this.#asked.clear();
    if (lines.length > 0) this.#news.fell(lines);
  }
}

function keyOf({ verb, name }: Line): string {
  return `${verb} ${name}`;
}
