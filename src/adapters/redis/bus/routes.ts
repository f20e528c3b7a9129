import { Cluster, type Redis } from "ioredis";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { RedisLink } from "../connection.ts";
import { slotOf } from "../slot.ts";
import type { Line } from "./ear.ts";

/** How long subscribers may take to find a new master, in ms. */
const UNSURE_MS = 10_000;

/** Who hears a channel: `own` ones, between our nodes; `wire` ones, which programs of another make know too. */
export type Kind = "own" | "wire";

/** Where to ask for a subscription; `server` is null on a single Redis. */
export interface Route {
  readonly server: string | null;
  readonly line: Line;
}

/** Says which server a channel is heard on. */
export class Routes {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  readonly #random: Random;
  /** The server of a cluster on which we hear what every server tells every other. */
  #any: string | null = null;
  #masters = "";
  #unsureUntil = 0;

  constructor(link: RedisLink, clock: Clock, random: Random) {
    this.#link = link;
    this.#clock = clock;
    this.#random = random;
  }

  /** Null while nobody can tell: what was heard so far is heard on. */
  find(kind: Kind, channel: string): Route | null {
    const redis = this.#currentOrNull();
    if (redis === null) return null;
    const line: Line =
      kind === "own" ? { verb: "subscribe", name: channel } : { verb: "psubscribe", name: patternOf(channel) };
    if (!(redis instanceof Cluster)) return { server: null, line };
    const { hasShardedChannels } = this.#link;
    if (hasShardedChannels === null) return null;
    if (kind === "wire" || !hasShardedChannels) {
      const server = this.#anyOf(redis);
      return server === null ? null : { server, line };
    }
    const server = redis.slots[slotOf(channel)]?.[0];
    return server === undefined ? null : { server, line: { verb: "ssubscribe", name: channel } };
  }

  /**
   * Whether "nobody heard it" is true. Not for a while after a cluster has put another master in the place of one: that
   * one, if it lives, passes messages on to those who have not found the new one yet, and nobody counts them.
   */
  canTellNobody(): boolean {
    const redis = this.#link.current();
    if (!(redis instanceof Cluster)) return true;
    const masters = redis.nodes("master").map(serverOf).sort().join();
    if (this.#masters !== "" && this.#masters !== masters) this.#unsureUntil = this.#clock.now() + UNSURE_MS;
    this.#masters = masters;
    return this.#clock.now() >= this.#unsureUntil;
  }

  /** Do not hear on this server what can be heard on any: it is gone. */
  avoid(server: string | null): void {
    if (server === this.#any) this.#any = null;
  }

  #currentOrNull() {
    try {
      return this.#link.current();
    } catch {
      return null;
    }
  }

  #anyOf(cluster: Cluster): string | null {
    const servers = cluster.nodes("master").map(serverOf);
    if (this.#any !== null && servers.includes(this.#any)) return this.#any;
    this.#any = servers[Math.floor(this.#random.unit() * servers.length)] ?? null;
    return this.#any;
  }
}

/** What a cluster calls the server at the other end. */
export function serverOf(redis: Redis): string {
  return `${redis.options.host}:${redis.options.port}`;
}

/**
 * A pattern that only `channel` matches. Redis counts the subscribers of a channel without those of patterns: so what
 * it counts are the programs of another make.
 */
export function patternOf(channel: string): string {
  const at = channel.search(/[A-Za-z0-9]/);
  if (at < 0) throw new RangeError("a channel's name needs a letter or digit");
  const plain = (text: string): string => text.replace(/[*?[\]\\]/g, "\\$&");
  return `${plain(channel.slice(0, at))}[${channel[at]}]${plain(channel.slice(at + 1))}`;
}
