import type { Migration } from "./migration.ts";

/** Hosts, zones, sessions and their players. */
export const hostsZonesSessions: Migration = {
  number: 1,
  name: "hosts, zones and sessions",
  statements: ({ rowNumber, text }) => [
    `CREATE TABLE hosts (
       id ${rowNumber},
       host_id ${text} NOT NULL UNIQUE,
       player_id ${text} NOT NULL,
       player_name ${text} NOT NULL,
       ip_address ${text} NOT NULL,
       port BIGINT NOT NULL,
       public_ip ${text},
       cpu_cores DOUBLE PRECISION,
       cpu_frequency_mhz DOUBLE PRECISION,
       memory_mb DOUBLE PRECISION,
       network_speed_mbps DOUBLE PRECISION,
       max_players BIGINT NOT NULL,
       max_zones BIGINT NOT NULL,
       ice_servers ${text} NOT NULL,
       latency_ms DOUBLE PRECISION NOT NULL,
       packet_loss_percent DOUBLE PRECISION NOT NULL,
       bandwidth_usage_mbps DOUBLE PRECISION NOT NULL,
       current_players BIGINT NOT NULL,
       current_zones BIGINT NOT NULL DEFAULT 0 CHECK (current_zones BETWEEN 0 AND max_zones),
       quality_score DOUBLE PRECISION NOT NULL,
       alive BIGINT NOT NULL DEFAULT 1,
       maintenance BIGINT NOT NULL DEFAULT 0,
       status ${text} GENERATED ALWAYS AS (
         CASE WHEN maintenance = 1 THEN 'MAINTENANCE'
              WHEN alive = 0 THEN 'OFFLINE'
              WHEN current_zones >= max_zones OR current_players >= max_players THEN 'BUSY'
              ELSE 'ONLINE' END
       ) STORED,
       free_zones BIGINT GENERATED ALWAYS AS (max_zones - current_zones) STORED,
       created_at BIGINT NOT NULL,
       last_seen_at BIGINT NOT NULL
     )`,
    // The order of lists, and that in which a host is picked.
    `CREATE INDEX hosts_best ON hosts (status, quality_score DESC, free_zones DESC, latency_ms, id)`,
    `CREATE INDEX hosts_ranked ON hosts (quality_score DESC, free_zones DESC, latency_ms, id)`,
    // Who is silent.
    `CREATE INDEX hosts_alive ON hosts (last_seen_at) WHERE alive = 1`,

    `CREATE TABLE zones (
       id ${rowNumber},
       zone_id ${text} NOT NULL UNIQUE,
       zone_name ${text} NOT NULL,
       zone_display_name ${text} NOT NULL,
       map_name ${text} NOT NULL,
       max_players BIGINT NOT NULL,
       recommended_players BIGINT NOT NULL,
       p2p_enabled BIGINT NOT NULL,
       p2p_priority BIGINT NOT NULL,
       min_host_quality_score DOUBLE PRECISION NOT NULL,
       min_bandwidth_mbps DOUBLE PRECISION NOT NULL,
       max_latency_ms DOUBLE PRECISION,
       status ${text} NOT NULL,
       active_sessions BIGINT NOT NULL DEFAULT 0 CHECK (active_sessions >= 0),
       total_players_served BIGINT NOT NULL DEFAULT 0,
       created_at BIGINT NOT NULL
     )`,
    `CREATE INDEX zones_listed ON zones (p2p_priority DESC, zone_name, id)`,

    `CREATE TABLE sessions (
       id ${rowNumber},
       public_id ${text} NOT NULL UNIQUE,
       host BIGINT NOT NULL,
       host_id ${text} NOT NULL,
       zone BIGINT NOT NULL REFERENCES zones (id),
       zone_id ${text} NOT NULL,
       status ${text} NOT NULL,
       max_players BIGINT NOT NULL,
       current_players BIGINT NOT NULL DEFAULT 0 CHECK (current_players BETWEEN 0 AND max_players),
       average_latency_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
       average_packet_loss_percent DOUBLE PRECISION NOT NULL DEFAULT 0,
       bandwidth_usage_mbps DOUBLE PRECISION NOT NULL DEFAULT 0,
       quality_score DOUBLE PRECISION,
       created_at BIGINT NOT NULL,
       activated_at BIGINT,
       ended_at BIGINT
     )`,
    `CREATE INDEX sessions_by_status ON sessions (status, id)`,
    `CREATE INDEX sessions_by_host ON sessions (host_id, id)`,
    `CREATE INDEX sessions_by_zone ON sessions (zone_id, id)`,
    // What a host or a zone has open.
    `CREATE INDEX sessions_open_by_host ON sessions (host) WHERE status IN ('PENDING', 'ACTIVE')`,
    `CREATE INDEX sessions_open_by_zone ON sessions (zone) WHERE status IN ('PENDING', 'ACTIVE')`,

    `CREATE TABLE session_players (
       id ${rowNumber},
       session BIGINT NOT NULL REFERENCES sessions (id),
       player_id ${text} NOT NULL,
       connected BIGINT NOT NULL,
       joined_at BIGINT NOT NULL,
       UNIQUE (session, player_id)
     )`,
    `CREATE INDEX session_players_connected ON session_players (session, joined_at, id) WHERE connected = 1`,
  ],
};
