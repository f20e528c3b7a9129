import type { Migration } from "./migration.ts";

const COUNTS = ["matches", "wins", "losses", "draws"] as const;

/** What is past its age is found by an index, and what counted it still counts it when it has gone. */
export const retention: Migration = {
  number: 8,
  name: "retention",
  statements: ({ text }) => [
    // Of what has ended alone, so that heartbeats, polls and open sessions never write to them.
    `CREATE INDEX hosts_silent ON hosts (last_seen_at) WHERE alive = 0 AND maintenance = 0`,
    `CREATE INDEX sessions_ended ON sessions (ended_at) WHERE status IN ('ENDED', 'FAILED')`,
    `CREATE INDEX queue_entries_left ON queue_entries (seen_at) WHERE status IN ('cancelled', 'expired')`,
    `CREATE INDEX matches_over ON matches (active_at) WHERE status <> 'playing'`,
    `CREATE INDEX accounts_signed_in ON accounts (signed_in_at)`,

    `ALTER TABLE zones ADD COLUMN players_forgotten BIGINT NOT NULL DEFAULT 0`,

    `ALTER TABLE agents ADD COLUMN rated_at BIGINT NOT NULL DEFAULT 0`,
    `UPDATE agents SET rated_at =
       COALESCE((SELECT MAX(created_at) FROM rating_changes c WHERE c.agent_id = agents.agent_id), 0)`,
    `CREATE INDEX agents_rated ON agents (rated_at)`,
    ...COUNTS.map((count) => `ALTER TABLE agents ADD COLUMN ${count}_forgotten BIGINT NOT NULL DEFAULT 0`),

    `CREATE TABLE spent_nonces (
       chain_id BIGINT NOT NULL,
       signer ${text} NOT NULL,
       nonce BIGINT NOT NULL,
       PRIMARY KEY (chain_id, signer)
     )`,
  ],
};
