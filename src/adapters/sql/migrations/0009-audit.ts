import type { Migration } from "./migration.ts";

/** What operators have done. */
export const audit: Migration = {
  number: 9,
  name: "audit",
  statements: ({ rowNumber, text }) => [
    `CREATE TABLE audit_entries (
       id ${rowNumber},
       at BIGINT NOT NULL,
       who ${text} NOT NULL,
       action ${text} NOT NULL,
       kind ${text} NOT NULL,
       target ${text} NOT NULL,
       outcome ${text} NOT NULL CHECK (outcome IN ('begun', 'done', 'refused', 'failed')),
       detail ${text}
     )`,
    `CREATE INDEX audit_entries_at ON audit_entries (at)`,
  ],
};
