import type { Migration } from "./migration.ts";

/** Accounts, what lets people in, and who knows whom. */
export const accounts: Migration = {
  number: 3,
  name: "accounts and contacts",
  statements: ({ text }) => [
    `CREATE TABLE accounts (
       email ${text} PRIMARY KEY,
       password_hash ${text} NOT NULL,
       created_at BIGINT NOT NULL,
       signed_in_at BIGINT NOT NULL
     )`,

    `CREATE TABLE tokens (
       id ${text} PRIMARY KEY,
       digest ${text} NOT NULL UNIQUE,
       email ${text} NOT NULL REFERENCES accounts (email),
       name ${text},
       user_agent ${text},
       created_at BIGINT NOT NULL,
       last_used_at BIGINT NOT NULL,
       expires_at BIGINT NOT NULL
     )`,
    `CREATE INDEX tokens_by_account ON tokens (email, last_used_at)`,
    `CREATE INDEX tokens_by_end ON tokens (expires_at)`,

    `CREATE TABLE invites (
       digest ${text} PRIMARY KEY,
       email ${text},
       created_at BIGINT NOT NULL,
       expires_at BIGINT NOT NULL
     )`,
    `CREATE INDEX invites_by_address ON invites (email)`,
    `CREATE INDEX invites_by_end ON invites (expires_at)`,

    `CREATE TABLE reset_codes (
       email ${text} PRIMARY KEY REFERENCES accounts (email),
       digest ${text} NOT NULL,
       created_at BIGINT NOT NULL,
       expires_at BIGINT NOT NULL
     )`,
    `CREATE INDEX reset_codes_by_end ON reset_codes (expires_at)`,

    // Each of two people has a row of its own on the other; no accounts are asked for, since others may vouch for them.
    `CREATE TABLE contacts (
       owner ${text} NOT NULL,
       other ${text} NOT NULL,
       status ${text} NOT NULL,
       since BIGINT NOT NULL,
       PRIMARY KEY (owner, other)
     )`,
    `CREATE INDEX contacts_by_status ON contacts (owner, status)`,
    `CREATE INDEX contacts_by_other ON contacts (other)`,
  ],
};
