import type { Migration } from "./migration.ts";

/**
 * Lists that are asked for with filters: with an index for the order alone, a filter that little passes reads every row.
 */
export const filteredLists: Migration = {
  number: 11,
  name: "filtered lists",
  statements: () => [
    `CREATE INDEX zones_by_status ON zones (status, p2p_priority DESC, zone_name, id)`,
    `CREATE INDEX zones_by_p2p ON zones (p2p_enabled, p2p_priority DESC, zone_name, id)`,
    `CREATE INDEX zones_by_both ON zones (status, p2p_enabled, p2p_priority DESC, zone_name, id)`,
    `CREATE INDEX sessions_by_zone_and_status ON sessions (zone_id, status, id)`,
    `CREATE INDEX sessions_by_host_and_status ON sessions (host_id, status, id)`,
  ],
};
