import type { Tallies } from "../../ports/tallies.ts";
import type { Store } from "./store.ts";
import type { TallyRow } from "./tables.ts";

const columns = [
  "hosts_total",
  "hosts_online",
  "quality_sum",
  "hosts_excellent",
  "hosts_good",
  "hosts_fair",
  "hosts_poor",
  "zones_total",
  "zones_enabled",
  "sessions_total",
  "sessions_active",
  "players",
  "latency_sum",
] as const satisfies readonly (keyof TallyRow)[];

/** The tallies that triggers keep (see migration 2): a few rows, whatever there is. */
export function createTallies(store: Store): Tallies {
  return {
    async read() {
      const sum = await store.read((db) =>
        db
          .selectFrom("tallies")
          .select((eb) => columns.map((column) => eb.fn.sum<number>(column).as(column)))
          .executeTakeFirstOrThrow(),
      );
      return {
        hosts: {
          total: sum.hosts_total,
          online: sum.hosts_online,
          qualitySum: sum.quality_sum / 100,
          excellent: sum.hosts_excellent,
          good: sum.hosts_good,
          fair: sum.hosts_fair,
          poor: sum.hosts_poor,
        },
        zones: { total: sum.zones_total, enabled: sum.zones_enabled },
        sessions: {
          total: sum.sessions_total,
          active: sum.sessions_active,
          players: sum.players,
          latencySumMs: sum.latency_sum / 1000,
        },
      };
    },
  };
}
