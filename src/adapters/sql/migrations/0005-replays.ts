import type { Migration } from "./migration.ts";

/** Recordings of the arena's matches. */
export const replays: Migration = {
  number: 5,
  name: "replays",
  statements: ({ rowNumber, text, bytes }) => [
    `CREATE TABLE replays (
       id ${rowNumber},
       match_id ${text} NOT NULL UNIQUE,
       games BIGINT NOT NULL,
       is_complete BIGINT NOT NULL CHECK (is_complete IN (0, 1)),
       bytes BIGINT NOT NULL,
       started_at BIGINT NOT NULL,
       updated_at BIGINT NOT NULL
     )`,
    `CREATE INDEX replays_updated ON replays (updated_at, bytes)`,

    `CREATE TABLE replay_pieces (
       id ${rowNumber},
       match_id ${text} NOT NULL,
       recorder ${text} NOT NULL,
       number BIGINT NOT NULL,
       content ${bytes} NOT NULL,
       UNIQUE (match_id, recorder, number)
     )`,
  ],
};
