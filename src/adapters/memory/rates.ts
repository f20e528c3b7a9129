import type { Clock } from "../../ports/clock.ts";
import type { Quota, Rates, Use } from "../../ports/rates.ts";
import { UseLog } from "./use-log.ts";

export interface MemoryRatesOptions {
  readonly clock: Clock;
  /** Keys remembered at most. */
  readonly maxKeys?: number;
  /** Uses remembered at most, all keys together. */
  readonly maxUses?: number;
}

/**
 * Keys looked at for whether they can be forgotten, and after how many uses: more than those add, so that it never piles
 * up. Not after each: going through them costs as much as counting one.
 */
const SWEEP = { keys: 64, each: 32 };

/** Counts in this process. Past its bounds it forgets the keys that were used longest ago. */
export function createMemoryRates(options: MemoryRatesOptions): Rates {
  const { clock, maxKeys = 100_000, maxUses = 1_000_000 } = options;
  /** In the order of their last take, so that whatever is to be forgotten stands in front. */
  const logs = new Map<string, UseLog>();
  /**
   * The key behind all others. Whoever is taken again and again stays there: a table in which something is put behind the
   * rest each time is written anew every few times, and what it was before is garbage that lives until all is collected.
   */
  let latest: string | null = null;
  let uses = 0;
  let takes = 0;

  const isFull = (): boolean => logs.size > maxKeys || uses > maxUses;

  const forget = (key: string, log: UseLog): void => {
    logs.delete(key);
    if (key === latest) latest = null;
    uses -= log.size;
  };

  const sweep = (now: number): void => {
    let left = SWEEP.keys;
    for (const [key, log] of logs) {
      if (!isFull() && (left-- === 0 || !log.isOver(now))) return;
      forget(key, log);
    }
  };

  return {
    take(key: string, quota: Quota): Use {
      const now = clock.now();
      const log = logs.get(key) ?? new UseLog();
      uses -= log.size;
      const use = log.take(now, quota);
      uses += log.size;
      if (key !== latest) {
        logs.delete(key);
        logs.set(key, log);
        latest = key;
      }
      if (++takes % SWEEP.each === 0 || isFull()) sweep(now);
      return use;
    },
  };
}
