import type { Clock } from "../../../ports/clock.ts";
import type { Quota, Rates, Use } from "../../../ports/rates.ts";
import type { RedisCalls } from "../calls.ts";
import { repliesOf, together } from "../together.ts";
import { alike } from "../alike.ts";
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
      const kinds = alike(uses, ({ key, limit, windowMs }) => `${limit} ${windowMs} ${key}`);
      const keys = kinds.map(({ one }) => one.key);
      const quotas = kinds.flatMap(({ one, at }) => [one.limit, one.windowMs, at.length]);
      const reply = await calls.script(take, keys, [clock?.now() ?? 0, ...quotas], undefined, uses.length);
      const answers: Use[] = [];
      for (const [n, said] of repliesOf<Reply>(reply).entries()) {
        const { one, at } = kinds[n]!;
        for (const [k, place] of at.entries()) answers[place] = useOf(said, one, k);
      }
      return answers;
    },
    // In a cluster different keys lie on different servers.
    ({ key }) => (calls.isCluster ? key : ""),
  );
  return { take: (key: string, quota: Quota): Promise<Use> => takeAll({ ...quota, key: prefix + key }) };
}

interface Taken extends Quota {
  readonly key: string;
}

/** Of the uses of one key, as the script answers. */
type Reply = [allowed: number, used: number, resetMs: number, retryMs: number];

/** What the `n`-th of them hears, counted from 0: those that were allowed are the first. */
function useOf([allowed, used, resetMs, retryMs]: Reply, { limit, windowMs }: Quota, n: number): Use {
  if (n >= allowed) return { allowed: false, remaining: Math.max(0, limit - used), resetMs, retryMs };
  const remaining = limit - (used - allowed + n + 1);
  return { allowed: true, remaining, resetMs: windowMs, retryMs: remaining === 0 ? retryMs : 0 };
}
