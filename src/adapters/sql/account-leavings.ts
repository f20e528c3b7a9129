import type { Db } from "./store.ts";

/**
 * Forgets what is kept under an address that the caller has locked, but for an account and its tokens. Whom others have
 * blocked stays blocked: that is theirs, and an address can be signed up again. Returns whose contact it was.
 */
export async function removeAddress(db: Db, email: string): Promise<readonly string[]> {
  const known = await db.deleteFrom("contacts").where("owner", "=", email).returning(["other", "status"]).execute();
  await db.deleteFrom("contacts").where("other", "=", email).where("status", "<>", "blocked").execute();
  await db.deleteFrom("invites").where("email", "=", email).execute();
  return known.filter(({ status }) => status === "accepted").map(({ other }) => other);
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
