import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Tallies, TallyCounts } from "../../ports/tallies.ts";

/** The coordinator at a glance. */
export interface Overview extends TallyCounts {
  /** Over online hosts, two decimals; 0 if there are none. */
  readonly averageQualityScore: number;
  /** Over ACTIVE sessions, in ms, two decimals; 0 if there are none. */
  readonly averageLatencyMs: number;
  /** False: the records are away, and these are the last figures that they gave. */
  readonly current: boolean;
}

const NOTHING: TallyCounts = {
  hosts: { total: 0, online: 0, qualitySum: 0, excellent: 0, good: 0, fair: 0, poor: 0 },
  zones: { total: 0, enabled: 0 },
  sessions: { total: 0, active: 0, players: 0, latencySumMs: 0 },
};

/**
 * Makes the figures for whoever watches. They come even when the records are away, because that is when somebody looks
 * at them; they then say so.
 */
export function createOverview(tallies: Tallies): () => Promise<Overview> {
  let last = NOTHING;
  return async () => {
    let current = true;
    try {
      last = await tallies.read();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      current = false;
    }
    const { hosts, sessions } = last;
    return {
      ...last,
      averageQualityScore: average(hosts.qualitySum, hosts.online),
      averageLatencyMs: average(sessions.latencySumMs, sessions.active),
      current,
    };
  };
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : Math.round((sum / count) * 100) / 100;
}
