import type { Rates } from "../../ports/rates.ts";

export interface RequestLimitOptions {
  readonly rates: Rates;
  /** What is limited, such as a face: limits of different names never share a count. */
  readonly name: string;
  /** Requests a client may make in any minute. */
  readonly perMinute: number;
  /** Whether calls from this machine itself count. */
  readonly countsLocal: boolean;
}

const MINUTE_MS = 60_000;

/**
 * How many budgets of its own one client may use up in a minute. Enough for two thousand hosts behind one NAT that beat
 * every 20 s; without it, whoever invents host ids would have no limit at all.
 */
const OWN_BUDGETS = 60;

/** How often one client may call. Each minute slides: it is any 60 s, not the clock's. */
export function createRequestLimit({ rates, name, perMinute, countsLocal }: RequestLimitOptions) {
  const take = async (budget: string, who: string, limit: number) => {
    const use = await rates.take(`${name}:${budget}:${who}`, { limit, windowMs: MINUTE_MS });
    return { ...use, name: budget, limit, windowMs: MINUTE_MS };
  };
  return {
    countsLocal,
    /**
     * Counts one request of a client.
     *
     * @param own counts it on a budget of this name instead, of the same size. A budget belongs to its client: nobody
     *   uses up another's by naming the same.
     */
    async take(client: string, own?: string) {
      if (own === undefined) return take("default", client, perMinute);
      const all = await take("own-all", client, perMinute * OWN_BUDGETS);
      return all.allowed ? take("own", `${client}:${own}`, perMinute) : all;
    },
  };
}
