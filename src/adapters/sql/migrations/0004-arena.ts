import type { Migration } from "./migration.ts";

/** The arena: its queue, matches, signatures and ratings. Integers that may pass 2^63 are text. */
export const arena: Migration = {
  number: 4,
  name: "arena",
  statements: ({ rowNumber, text }) => [
    `CREATE TABLE queue_entries (
       id ${rowNumber},
       queue_id ${text} NOT NULL UNIQUE,
       connect_code ${text} NOT NULL,
       fighter_name ${text},
       wallet ${text},
       agent_id ${text},
       status ${text} NOT NULL CHECK (status IN ('waiting', 'matched', 'expired', 'cancelled')),
       match_id ${text},
       created_at BIGINT NOT NULL,
       seen_at BIGINT NOT NULL,
       CHECK ((status = 'matched') = (match_id IS NOT NULL))
     )`,
    // Who comes next, who fell silent, and that nobody waits twice.
    `CREATE INDEX queue_entries_waiting ON queue_entries (id) WHERE status = 'waiting'`,
    `CREATE INDEX queue_entries_seen ON queue_entries (seen_at) WHERE status = 'waiting'`,
    `CREATE UNIQUE INDEX queue_entries_code ON queue_entries (connect_code) WHERE status = 'waiting'`,

    `CREATE TABLE matches (
       id ${rowNumber},
       match_id ${text} NOT NULL UNIQUE,
       status ${text} NOT NULL CHECK (status IN ('playing', 'completed', 'expired')),
       ${["p1", "p2"]
         .map(
           (side) => `${side}_queue_id ${text} NOT NULL UNIQUE,
       ${side}_connect_code ${text} NOT NULL,
       ${side}_fighter_name ${text},
       ${side}_wallet ${text},
       ${side}_agent_id ${text},
       ${side}_report ${text},`,
         )
         .join("\n       ")}
       winner ${text} CHECK (winner IN ('p1', 'p2')),
       winner_score BIGINT,
       loser_score BIGINT,
       completed_at BIGINT,
       wager_status ${text} CHECK (wager_status IN ('proposed', 'accepted', 'declined', 'settled')),
       wager_amount ${text},
       wager_id ${text},
       wager_proposer ${text} CHECK (wager_proposer IN ('p1', 'p2')),
       created_at BIGINT NOT NULL,
       active_at BIGINT NOT NULL,
       CHECK (p1_connect_code <> p2_connect_code),
       CHECK ((status = 'completed') = (completed_at IS NOT NULL))
     )`,
    `CREATE INDEX matches_playing ON matches (active_at) WHERE status = 'playing'`,

    `CREATE TABLE match_signatures (
       id ${rowNumber},
       match_id ${text} NOT NULL REFERENCES matches (match_id),
       signer ${text} NOT NULL,
       address ${text} NOT NULL,
       signature ${text} NOT NULL,
       created_at BIGINT NOT NULL,
       UNIQUE (match_id, signer)
     )`,

    `CREATE TABLE agents (
       id ${rowNumber},
       agent_id ${text} NOT NULL UNIQUE,
       elo BIGINT NOT NULL,
       matches BIGINT NOT NULL DEFAULT 0,
       wins BIGINT NOT NULL DEFAULT 0,
       losses BIGINT NOT NULL DEFAULT 0,
       draws BIGINT NOT NULL DEFAULT 0
     )`,
    `CREATE INDEX agents_ranked ON agents (elo DESC, id)`,

    `CREATE TABLE rating_changes (
       id ${rowNumber},
       match_id ${text} NOT NULL REFERENCES matches (match_id),
       agent_id ${text} NOT NULL,
       opponent_id ${text} NOT NULL,
       outcome ${text} NOT NULL CHECK (outcome IN ('won', 'lost', 'drawn')),
       elo_before BIGINT NOT NULL,
       elo_after BIGINT NOT NULL,
       created_at BIGINT NOT NULL,
       UNIQUE (match_id, agent_id)
     )`,
    `CREATE INDEX rating_changes_by_agent ON rating_changes (agent_id, id)`,
  ],
};
