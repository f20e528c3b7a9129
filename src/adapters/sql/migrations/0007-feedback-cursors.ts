import type { Migration } from "./migration.ts";

/** How far the arena has read what it said on a chain. */
export const feedbackCursors: Migration = {
  number: 7,
  name: "feedback cursors",
  statements: ({ text }) => [
    `CREATE TABLE feedback_cursors (
       chain_id BIGINT NOT NULL,
       registry ${text} NOT NULL,
       signer ${text} NOT NULL,
       next_block BIGINT NOT NULL,
       PRIMARY KEY (chain_id, registry, signer)
     )`,
    `CREATE INDEX feedback_outbox_unposted_agents ON feedback_outbox (agent_id)
       WHERE state IN ('queued', 'signed', 'sent')`,
  ],
};
