/** A table that is moved from one database to another. */
export interface MovedTable {
  readonly name: string;
  /** Its primary key, by which it is read. */
  readonly key: readonly string[];
}

const numbered = (name: string): MovedTable => ({ name, key: ["id"] });

/** Every table that holds records, each behind those that it refers to. */
export const movedTables: readonly MovedTable[] = [
  numbered("hosts"),
  numbered("zones"),
  numbered("sessions"),
  numbered("session_players"),
  { name: "accounts", key: ["email"] },
  { name: "tokens", key: ["id"] },
  { name: "invites", key: ["digest"] },
  { name: "reset_codes", key: ["email"] },
  { name: "contacts", key: ["owner", "other"] },
  numbered("queue_entries"),
  numbered("matches"),
  numbered("match_signatures"),
  numbered("agents"),
  numbered("rating_changes"),
  numbered("replays"),
  numbered("replay_pieces"),
  numbered("audit_entries"),
  numbered("feedback_outbox"),
  { name: "wager_cursors", key: ["chain_id", "contract"] },
  { name: "feedback_cursors", key: ["chain_id", "registry", "signer"] },
  { name: "spent_nonces", key: ["chain_id", "signer"] },
];

/** Sums over the others. Their rows differ between the databases, so that only what they add up to is moved. */
export const SUMS = "tallies";

/** What belongs to one database: who works on it right now, and how its schema came to be. */
export const leftTables: readonly string[] = ["turns", "migrations"];
