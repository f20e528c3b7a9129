import type { Clock } from "../../ports/clock.ts";
import type { Handovers } from "../../ports/handovers.ts";

/** Values kept at once; past it the one left longest ago goes. */
const MAX_KEPT = 100_000;

export function createMemoryHandovers(clock: Clock, maxKept = MAX_KEPT): Handovers {
  /** In the order in which they were left. */
  const kept = new Map<string, { readonly value: string; readonly until: number }>();
  const forgetSome = (now: number): void => {
    // Nobody collects what its leaver forgot: each new one clears away at most two old ones.
    let looked = 0;
    for (const [name, { until }] of kept) {
      if (looked++ === 2) break;
      if (until <= now || kept.size >= maxKept) kept.delete(name);
    }
  };
  return {
    async leave(name, value, ttlMs) {
      const now = clock.now();
      kept.delete(name);
      forgetSome(now);
      kept.set(name, { value, until: now + ttlMs });
    },
    async collect(name) {
      const found = kept.get(name);
      kept.delete(name);
      return found === undefined || found.until <= clock.now() ? null : found.value;
    },
  };
}
