import type { Subscription } from "../../../ports/bus.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { RedisLink } from "../connection.ts";
import { Ear, type EarNews, type Line } from "./ear.ts";
import { Routes, type Kind } from "./routes.ts";

/** A channel that somebody here wants to hear, and where it was asked for. */
interface Wish {
  readonly kind: Kind;
  readonly channel: string;
  readonly hearers: Set<(message: string) => void>;
  readonly waiting: Set<() => void>;
  server: string | null;
  line: Line | null;
  isInForce: boolean;
}

/**
 * What this process hears from Redis, over one connection to a single Redis, or one to each server of a cluster that is
 * needed. However many hear a channel, Redis is asked once. Wishes outlive connections and servers.
 */
export class Subscriptions {
  readonly routes: Routes;
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #refused: (error: Error) => void;
  readonly #wishes = new Map<string, Wish>();
  readonly #byLine = new Map<Line, Wish>();
  readonly #ears = new Map<string | null, Ear>();
  readonly #tellers = new Set<() => void>();
  /** How many wishes nobody serves just now. */
  #open = 0;
  #hasGap = false;

  constructor(deps: {
    readonly link: RedisLink;
    readonly clock: Clock;
    readonly random: Random;
    refused(error: Error): void;
  }) {
    this.#link = deps.link;
    this.#clock = deps.clock;
    this.#refused = (error) => deps.refused(error);
    this.routes = new Routes(deps.link, deps.clock, deps.random);
    deps.link.onChange(() => this.#routeAll());
  }

  add(kind: Kind, channel: string, hear: (message: string) => void): Subscription {
    const key = `${kind} ${channel}`;
    let wish = this.#wishes.get(key);
    if (wish === undefined) {
      wish = { kind, channel, hearers: new Set(), waiting: new Set(), server: null, line: null, isInForce: false };
      this.#wishes.set(key, wish);
      this.#open++;
      this.#route(wish);
    }
    // A hearer of its own, so that the same function may hear a channel twice.
    const hearer = (message: string): void => hear(message);
    const { hearers, waiting, isInForce } = wish;
    hearers.add(hearer);
    let stopWaiting = (): void => undefined;
    const inForce = isInForce
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          waiting.add(resolve);
          stopWaiting = () => void waiting.delete(resolve);
        });
    return {
      inForce,
      end: () => {
        stopWaiting();
        if (hearers.delete(hearer) && hearers.size === 0) this.#drop(key);
      },
    };
  }

  onGap(tell: () => void): () => void {
    const teller = (): void => tell();
    this.#tellers.add(teller);
    return () => void this.#tellers.delete(teller);
  }

  close(): void {
    for (const ear of this.#ears.values()) ear.close();
    this.#ears.clear();
  }

  #drop(key: string): void {
    const wish = this.#wishes.get(key);
    if (wish === undefined) return;
    this.#wishes.delete(key);
    if (!wish.isInForce) this.#open--;
    this.#unplug(wish);
    this.#mend();
  }

  #routeAll(): void {
    for (const wish of this.#wishes.values()) this.#route(wish);
    for (const [server, ear] of this.#ears) {
      if (!ear.isIdle) continue;
      ear.close();
      this.#ears.delete(server);
    }
  }

  /** Asks for the wish where it is served now, if it was asked for anywhere else. */
  #route(wish: Wish): void {
    const route = this.routes.find(wish.kind, wish.channel);
    if (route === null) return;
    const { server, line } = route;
    if (wish.line !== null && wish.server === server && wish.line.verb === line.verb) return;
    this.#fell(wish);
    this.#unplug(wish);
    wish.server = server;
    wish.line = line;
    this.#byLine.set(line, wish);
    this.#earOf(server).want(line);
  }

  #unplug(wish: Wish): void {
    if (wish.line === null) return;
    this.#byLine.delete(wish.line);
    this.#ears.get(wish.server)?.unwant(wish.line);
  }

  #earOf(server: string | null): Ear {
    const known = this.#ears.get(server);
    if (known !== undefined) return known;
    const news: EarNews = {
      heard: (line, message) => {
        for (const hear of [...(this.#byLine.get(line)?.hearers ?? [])]) hear(message);
      },
      inForce: (line) => this.#served(this.#byLine.get(line)),
      fell: (lines) => lines.forEach((line) => this.#fell(this.#byLine.get(line))),
      astray: () => {
        this.routes.avoid(server);
        this.#link.refresh();
      },
      refused: (error) => this.#refused(error),
    };
    const ear = new Ear({
      redis: this.#link.dial(server),
      clock: this.#clock,
      news,
      needsMaster: server !== null,
    });
    this.#ears.set(server, ear);
    return ear;
  }

  #served(wish: Wish | undefined): void {
    if (wish === undefined || wish.isInForce) return;
    wish.isInForce = true;
    this.#open--;
    for (const resolve of wish.waiting) resolve();
    wish.waiting.clear();
    this.#mend();
  }

  #fell(wish: Wish | undefined): void {
    if (wish === undefined || !wish.isInForce) return;
    wish.isInForce = false;
    this.#open++;
    this.#hasGap = true;
  }

  #mend(): void {
    if (!this.#hasGap || this.#open > 0) return;
    this.#hasGap = false;
    for (const tell of [...this.#tellers]) tell();
  }
}
