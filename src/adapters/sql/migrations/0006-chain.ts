import type { Migration } from "./migration.ts";

/** What the arena says on a chain and hears from it. */
export const chain: Migration = {
  number: 6,
  name: "chain",
  statements: ({ rowNumber, text }) => [
    `CREATE TABLE feedback_outbox (
       id ${rowNumber},
       match_id ${text} NOT NULL,
       agent_id ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('queued', 'signed', 'sent', 'confirmed', 'dead')),
       revision BIGINT NOT NULL DEFAULT 0,
       chain_id BIGINT,
       signer ${text},
       nonce BIGINT,
       tx_hash ${text},
       tx_raw ${text},
       reason ${text},
       created_at BIGINT NOT NULL,
       changed_at BIGINT NOT NULL,
       UNIQUE (match_id, agent_id),
       FOREIGN KEY (match_id, agent_id) REFERENCES rating_changes (match_id, agent_id),
       CHECK ((state NOT IN ('signed', 'sent')) OR (tx_raw IS NOT NULL))
     )`,
    `CREATE INDEX feedback_outbox_queued ON feedback_outbox (id) WHERE state = 'queued'`,
    `CREATE UNIQUE INDEX feedback_outbox_in_flight ON feedback_outbox (chain_id, signer)
       WHERE state IN ('signed', 'sent')`,
    // No nonce is given away twice.
    `CREATE UNIQUE INDEX feedback_outbox_nonces ON feedback_outbox (chain_id, signer, nonce)`,
    `CREATE INDEX feedback_outbox_states ON feedback_outbox (state) WHERE state <> 'confirmed'`,

    `CREATE TABLE turns (
       work ${text} PRIMARY KEY,
       holder ${text} NOT NULL,
       expires_at BIGINT NOT NULL
     )`,

    `CREATE TABLE wager_cursors (
       chain_id BIGINT NOT NULL,
       contract ${text} NOT NULL,
       next_block BIGINT NOT NULL,
       PRIMARY KEY (chain_id, contract)
     )`,
    `CREATE INDEX matches_wagered ON matches (wager_id) WHERE wager_status = 'accepted'`,
    `CREATE INDEX matches_wagered_since ON matches (created_at) WHERE wager_status = 'accepted'`,
  ],
};
