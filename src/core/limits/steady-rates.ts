import type { Clock } from "../../ports/clock.ts";
import type { Quota, Rates, Use } from "../../ports/rates.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";

/** How long the shared counts are left alone after they could not be reached, in ms. */
const PAUSE_MS = 1_000;

/**
 * Counts shared by all nodes, and on this node alone while they are away: limits must not become the reason why nobody
 * is served. Both begin at zero when they change over, which allows a client a little more.
 */
export function createSteadyRates(deps: {
  readonly shared: Rates;
  readonly local: Rates;
  readonly clock: Clock;
}): Rates {
  const { shared, local, clock } = deps;
  let awayUntil = 0;
  return {
    async take(key: string, quota: Quota): Promise<Use> {
      if (clock.now() >= awayUntil) {
        try {
          return await shared.take(key, quota);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          awayUntil = clock.now() + PAUSE_MS;
        }
      }
      return local.take(key, quota);
    },
  };
}
