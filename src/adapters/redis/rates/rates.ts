import type { Clock } from "../../../ports/clock.ts";
import type { Quota, Rates, Use } from "../../../ports/rates.ts";
import type { RedisCalls } from "../calls.ts";
import { repliesOf, together } from "../together.ts";
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
  const takeAll = together<Taken, Use>(
    async (uses) => {
      const quotas = uses.flatMap(({ limit, windowMs }) => [limit, windowMs]);
      const keys = uses.map(({ key }) => key);
      const reply = await calls.script(take, keys, [clock?.now() ?? 0, ...quotas], undefined, uses.length);
      return repliesOf<Reply>(reply).map(([allowed, remaining, resetMs, retryMs]) => {
        return { allowed: allowed === 1, remaining, resetMs, retryMs };
      });
    },
    // In a cluster different keys lie on different servers.
    ({ key }) => (calls.isCluster ? key : ""),
  );
  return { take: (key: string, quota: Quota): Promise<Use> => takeAll({ ...quota, key: prefix + key }) };
}

interface Taken extends Quota {
  readonly key: string;
}

/** Of one use, as the script answers. */
type Reply = [allowed: number, remaining: number, resetMs: number, retryMs: number];
