import { Cluster, type Redis } from "ioredis";
import type { Clock, Timer } from "../../ports/clock.ts";
import { unheard, type StoreCallKind, type StoreCalls } from "../../ports/store-calls.ts";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import type { RedisConnection, RedisLink } from "./connection.ts";
import { holdWrites } from "./hold-writes.ts";
import type { Script } from "./script.ts";

export type { RedisConnection } from "./connection.ts";

/** How long a caller waits for an answer, and how often overdue ones are looked for, in ms. */
const TIMEOUT_MS = 2_000;
const LOOK_MS = 100;

/** Commands that may wait for an answer at once. Past this more would fill memory, and be late anyway. */
const MAX_IN_FLIGHT = 8_192;

interface Pending {
  readonly due: number;
  giveUp(): void;
}

/**
 * The way of every command to Redis. A caller hears within {@link TIMEOUT_MS} whether it worked. A command that was
 * given up may still be carried out when Redis wakes up: `onLate` then gets its reply, to undo what nobody asks for any
 * more.
 */
export class RedisCalls {
  readonly #source: RedisConnection | Pick<RedisLink, "current" | "isCluster">;
  readonly #clock: Clock;
  /** In the order they fall due. */
  readonly #pending = new Set<Pending>();
  #looking: Timer | null = null;
  #inFlight = 0;
  /** One for all calls by the same way: some may have nothing to ask for long. */
  readonly #state: { isStuck: boolean };
  readonly #heard: StoreCalls;

  constructor(
    source: RedisConnection | Pick<RedisLink, "current" | "isCluster">,
    clock: Clock,
    heard: StoreCalls = unheard,
    state = { isStuck: false },
  ) {
    this.#source = source;
    this.#clock = clock;
    this.#heard = heard;
    this.#state = state;
  }

  /** Calls by the same way with a bound of their own: not refused for what others send. */
  apart(): RedisCalls {
    return new RedisCalls(this.#source, this.#clock, this.#heard, this.#state);
  }

  /**
   * What commands go by just now; not to be kept, since it changes when a Redis turns out to be a cluster.
   *
   * @throws {Error} while Redis is away
   */
  get redis(): RedisConnection {
    return "current" in this.#source ? this.#source.current() : this.#source;
  }

  /** Each server that holds keys, for commands that must go to all of them. @throws {Error} as {@link redis} */
  get masters(): readonly Redis[] {
    const { redis } = this;
    return redis instanceof Cluster ? redis.nodes("master") : [redis];
  }

  /** Whether keys may lie on different servers; false while that is unknown. */
  get isCluster(): boolean {
    return "current" in this.#source ? this.#source.isCluster() : this.#source instanceof Cluster;
  }

  /** True while the newest answers have not come. */
  get isStuck(): boolean {
    return this.#state.isStuck;
  }

  /**
   * Runs a script by its digest, and by its text only when this Redis has not seen it yet. `weight`: for how many callers.
   *
   * @throws {StoreUnavailable} if Redis cannot be reached, does not answer, or answers with an error; as
   * {@link StoreOverloaded} if too many wait for an answer already
   */
  script(
    { lua, sha }: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    onLate?: (reply: unknown) => void,
    weight = 1,
  ): Promise<unknown> {
    const send = async (): Promise<unknown> => {
      try {
        return await this.redis.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
        return this.redis.eval(lua, keys.length, ...keys, ...args);
      }
    };
    return this.command(send, onLate, "script", weight);
  }

  /** @throws {StoreUnavailable} as {@link script} */
  command<Reply>(
    send: () => Promise<Reply>,
    onLate?: (reply: Reply) => void,
    kind: StoreCallKind = "command",
    weight = 1,
  ): Promise<Reply> {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      return Promise.reject(new StoreOverloaded(`${MAX_IN_FLIGHT} commands wait for an answer`));
    }
    // What follows on others shares a system call with whatever else this turn sends; one that is alone goes at once.
    const isAlone = this.#inFlight === 0;
    this.#inFlight += weight;
    const ended = this.#heard.began(kind);
    return new Promise((resolve, reject) => {
      let isLate = false;
      const pending: Pending = {
        due: this.#clock.now() + TIMEOUT_MS,
        giveUp: () => {
          isLate = true;
          ended(true);
          this.#state.isStuck = true;
          reject(new StoreUnavailable(new Error(`no answer within ${TIMEOUT_MS} ms`)));
        },
      };
      this.#pending.add(pending);
      this.#looking ??= this.#clock.every(LOOK_MS, () => this.#look());
      const settled = (): void => {
        this.#inFlight -= weight;
        this.#pending.delete(pending);
      };
      sent(() => {
        if (!isAlone) holdWrites(this.redis);
        return send();
      }).then(
        (reply) => {
          settled();
          this.#state.isStuck = false;
          if (isLate) {
            onLate?.(reply);
            return;
          }
          ended(false);
          resolve(reply);
        },
        (error: unknown) => {
          settled();
          if (!isLate) ended(true);
          reject(new StoreUnavailable(error));
        },
      );
    });
  }

  #look(): void {
    const now = this.#clock.now();
    for (const pending of this.#pending) {
      if (pending.due > now) break;
      this.#pending.delete(pending);
      pending.giveUp();
    }
    if (this.#pending.size > 0) return;
    this.#looking?.cancel();
    this.#looking = null;
  }
}

/** A command that could not even be sent has failed like any other. */
async function sent<Reply>(send: () => Promise<Reply>): Promise<Reply> {
  return send();
}
