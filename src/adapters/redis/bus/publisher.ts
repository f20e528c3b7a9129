import { Cluster, type Redis } from "ioredis";
import type { Clock } from "../../../ports/clock.ts";
import type { RedisLink } from "../connection.ts";
import { slotOf } from "../slot.ts";
import { serverOf } from "./routes.ts";

/**
 * How long the servers of a cluster may take to pass a message on among themselves, in ms. They do not say when they
 * have.
 */
const PASSING_MS = 500;

/** After this long without an answer a message was given up by whoever sent it, in ms. */
const GIVEN_UP_MS = 2_000;

/** Where the messages of one slot go. */
interface Way {
  server: string;
  unanswered: number;
  /** What is not sent yet, in order, while the slot changes its server; null while it does not. */
  held: (() => void)[] | null;
}

/**
 * Sends messages to the servers that their channels are published on. A cluster may put another server in the place of
 * one, which then passes on what it still gets: a message sent to the new one could overtake an earlier one. So whatever
 * comes after such a change waits until those before it are there.
 */
export class Publisher {
  readonly #link: RedisLink;
  readonly #clock: Clock;
  /** By slot. */
  readonly #ways = new Map<number, Way>();

  constructor(link: RedisLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /**
   * Past the cluster's client, which repeats what went wrong, and so would publish twice or in another order.
   *
   * @throws {Error} while there is no server for the channel
   */
  send<Reply>(channel: string, publish: (server: Redis) => Promise<Reply>): Promise<Reply> {
    const redis = this.#link.current();
    return redis instanceof Cluster ? this.#sendInto(slotOf(channel), publish) : publish(redis);
  }

  #sendInto<Reply>(slot: number, publish: (server: Redis) => Promise<Reply>): Promise<Reply> {
    const server = this.#serverOf(slot);
    const name = serverOf(server);
    let way = this.#ways.get(slot);
    if (way === undefined) this.#ways.set(slot, (way = { server: name, unanswered: 0, held: null }));
    else if (way.held === null && way.server !== name) this.#hold(way, name);
    if (way.held === null) return answered(way, publish(server));
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    way.held.push(() => {
      try {
        resolve(this.#sendInto(slot, publish));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  #hold(way: Way, server: string): void {
    way.held = [];
    const open = (): void => {
      const held = way.held ?? [];
      way.held = null;
      way.server = server;
      for (const send of held) send();
    };
    const began = this.#clock.now();
    const look = (): void => {
      const isDone = way.unanswered === 0 || this.#clock.now() - began >= GIVEN_UP_MS;
      this.#clock.after(PASSING_MS, isDone ? open : look);
    };
    look();
  }

  #serverOf(slot: number): Redis {
    const cluster = this.#link.current() as Cluster;
    const key = cluster.slots[slot]?.[0];
    const found = cluster.nodes("master").find((one) => serverOf(one) === key);
    if (found !== undefined) return found;
    this.#link.refresh();
    throw new Error("the cluster has no server for the channel");
  }
}

async function answered<Reply>(way: Way, sent: Promise<Reply>): Promise<Reply> {
  way.unanswered++;
  try {
    return await sent;
  } finally {
    way.unanswered--;
  }
}
