import type { Clock } from "../../../ports/clock.ts";
import type { Quota, Rates, Use } from "../../../ports/rates.ts";
import type { RedisCalls } from "../calls.ts";
import { take } from "./take.ts";

export interface RedisRatesOptions {
  readonly calls: RedisCalls;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
  /** Keeps keys of several uses of one Redis apart. */
  readonly prefix?: string;
}

/** Counts that several nodes share. */
export function createRedisRates({ calls, clock, prefix = "rendezvous:rate:" }: RedisRatesOptions): Rates {
  return {
    async take(key: string, { limit, windowMs }: Quota): Promise<Use> {
      const reply = await calls.script(take, [prefix + key], [clock?.now() ?? 0, limit, windowMs]);
      const [allowed, remaining, resetMs, retryMs] = reply as [number, number, number, number];
      return { allowed: allowed === 1, remaining, resetMs, retryMs };
    },
  };
}
