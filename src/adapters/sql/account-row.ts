import { sql } from "kysely";
import type { Db, Store } from "./store.ts";
import type { AccountRow } from "./tables.ts";

/** The account, and nobody else changes it, or the tokens it has, until this transaction is over. */
export function lockedAccount(store: Store, db: Db, email: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom("accounts")
    .selectAll()
    .where("email", "=", email)
    .$if(store.dialect === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
}

/** Sets the advisory locks of people apart from all others of ours. */
const PEOPLE = 7_205_759_405;

/**
 * A number greater than that of whoever held the locks of these people before. To be asked for under them, after a
 * change: PostgreSQL numbers a transaction with its first one, and the connection of SQLite that writes counts them.
 */
export async function changeNumber(store: Store, db: Db): Promise<number> {
  const number = store.dialect === "postgres" ? sql`txid_current()::text` : sql`total_changes()`;
  const { rows } = await sql<{ number: string | number }>`SELECT ${number} AS number`.execute(db);
  return Number(rows[0]!.number);
}

/**
 * Nobody else changes whom these people know until this transaction is over. There may be no row of theirs to lock.
 * Taken before any row, always in the order of their addresses.
 */
export async function lockPeople(store: Store, db: Db, emails: readonly string[]): Promise<void> {
  if (store.dialect !== "postgres") return;
  for (const email of emails.toSorted()) {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${email}, ${PEOPLE}))`.execute(db);
  }
}
