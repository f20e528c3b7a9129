import type { Removal } from "../../ports/account-records.ts";
import { mentionsOfAddress } from "../../ports/audit-names.ts";
import { changeNumber, lockedAccount, lockPeople } from "./account-row.ts";
import { forgetInAudit } from "./persons/acts.ts";
import type { Db, Store } from "./store.ts";
import { revokeAll } from "./tokens.ts";

/**
 * Forgets what is kept under an address that the caller has locked, but for an account and its tokens. Whom others have
 * blocked stays blocked: that is theirs, and an address can be signed up again.
 */
export async function removeAddress(store: Store, db: Db, email: string): Promise<Omit<Removal, "tokenIds">> {
  const known = await db.deleteFrom("contacts").where("owner", "=", email).returning(["other", "status"]).execute();
  await db.deleteFrom("contacts").where("other", "=", email).where("status", "<>", "blocked").execute();
  await db.deleteFrom("invites").where("email", "=", email).execute();
  const contacts = known.filter(({ status }) => status === "accepted").map(({ other }) => other);
  const order = contacts.length === 0 ? 0 : await changeNumber(store, db);
  return { contacts, order, acts: await forgetInAudit(store, db, mentionsOfAddress(email)) };
}

/** Forgets an account whose row and address the caller has locked, and all that is kept under that address. */
export async function removeAccount(store: Store, db: Db, email: string): Promise<Removal> {
  const tokenIds = await revokeAll(db, email, null);
  await db.deleteFrom("reset_codes").where("email", "=", email).execute();
  await db.deleteFrom("accounts").where("email", "=", email).execute();
  return { tokenIds, ...(await removeAddress(store, db, email)) };
}

/** Addresses of accounts that were not signed in to since then and have no tokens. */
export async function findUnused(db: Db, before: number, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("accounts")
    .select("email")
    .where("signed_in_at", "<=", before)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom("tokens").select("id").whereRef("tokens.email", "=", "accounts.email"))),
    )
    .orderBy("signed_in_at")
    .limit(limit)
    .execute();
  return rows.map(({ email }) => email);
}

/** Forgets those of the accounts that still are unused. People are locked before any row, all of them at once. */
export async function removeUnused(store: Store, db: Db, emails: readonly string[], before: number) {
  await lockPeople(store, db, emails);
  const gone: (Removal & { readonly email: string })[] = [];
  for (const email of emails.toSorted()) {
    const account = await lockedAccount(store, db, email);
    if (account === undefined || account.signed_in_at > before) continue;
    const token = await db.selectFrom("tokens").select("id").where("email", "=", email).limit(1).executeTakeFirst();
    if (token === undefined) gone.push({ email, ...(await removeAccount(store, db, email)) });
  }
  return gone;
}

/** Forgets what is past its time, a bounded bite of each kind. Returns how many rows. */
export async function sweepExpired(db: Db, now: number, limit: number): Promise<number> {
  const tokens = await db
    .deleteFrom("tokens")
    .where("id", "in", (eb) => eb.selectFrom("tokens").select("id").where("expires_at", "<=", now).limit(limit))
    .executeTakeFirst();
  const invites = await db
    .deleteFrom("invites")
    .where("digest", "in", (eb) =>
      eb.selectFrom("invites").select("digest").where("expires_at", "<=", now).limit(limit),
    )
    .executeTakeFirst();
  const codes = await db
    .deleteFrom("reset_codes")
    .where("email", "in", (eb) =>
      eb.selectFrom("reset_codes").select("email").where("expires_at", "<=", now).limit(limit),
    )
    // A code that was renewed meanwhile stays.
    .where("expires_at", "<=", now)
    .executeTakeFirst();
  return Number(tokens.numDeletedRows + invites.numDeletedRows + codes.numDeletedRows);
}
