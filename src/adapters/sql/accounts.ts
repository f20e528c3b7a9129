import type { Account, AccountRecords } from "../../ports/account-records.ts";
import { lockedAccount, lockPeople } from "./account-row.ts";
import { findUnused, removeAccount, removeAddress, removeUnused, sweepExpired } from "./account-leavings.ts";
import type { Db, Store } from "./store.ts";
import type { AccountRow } from "./tables.ts";
import { addToken, revokeAll } from "./tokens.ts";

/** Accounts in SQL. Whoever changes one locks its row first, and before that, if contacts change too, its address. */
export function createAccountRecords(store: Store): AccountRecords {
  return {
    create: (signUp, now) =>
      store.transact(async (db) => {
        const { email, passwordHash, token, invite } = signUp;
        if (invite !== null) {
          const good = await goodInvite(db, invite, email, now)
            .$if(store.dialect === "postgres", (query) => query.forUpdate())
            .executeTakeFirst();
          if (good === undefined) return "bad_invite";
        }
        const added = await db
          .insertInto("accounts")
          .values({ email, password_hash: passwordHash, created_at: now, signed_in_at: now })
          .onConflict((conflict) => conflict.column("email").doNothing())
          .returning("email")
          .executeTakeFirst();
        if (added === undefined) return "taken";
        if (invite !== null) await db.deleteFrom("invites").where("digest", "=", invite).execute();
        await addToken(db, token);
        return "created";
      }),

    async find(email) {
      const row = await store.read((db) =>
        db.selectFrom("accounts").selectAll().where("email", "=", email).executeTakeFirst(),
      );
      return row === undefined ? null : accountOf(row);
    },

    changePassword: (email, from, to, keep) =>
      store.transact(async (db) => {
        const account = await lockedAccount(store, db, email);
        if (account === undefined || account.password_hash !== from) return null;
        await setPassword(db, email, to);
        return revokeAll(db, email, keep);
      }),

    async hasResetCode(email, code, now) {
      const row = await store.read((db) =>
        db
          .selectFrom("reset_codes")
          .select("email")
          .where("email", "=", email)
          .where("digest", "=", code)
          .where("expires_at", ">", now)
          .executeTakeFirst(),
      );
      return row !== undefined;
    },

    resetPassword: (email, code, to, now) =>
      store.transact(async (db) => {
        if ((await lockedAccount(store, db, email)) === undefined) return null;
        const used = await db
          .deleteFrom("reset_codes")
          .where("email", "=", email)
          .where("digest", "=", code)
          .where("expires_at", ">", now)
          .returning("email")
          .executeTakeFirst();
        if (used === undefined) return null;
        await setPassword(db, email, to);
        return revokeAll(db, email, null);
      }),

    remove: (email, passwordHash) =>
      store.transact(async (db) => {
        await lockPeople(store, db, [email]);
        if (passwordHash === null) return { tokenIds: [], ...(await removeAddress(store, db, email)) };
        const account = await lockedAccount(store, db, email);
        if (account === undefined || account.password_hash !== passwordHash) return null;
        return removeAccount(store, db, email);
      }),

    async removeUnused(before, limit) {
      const unused = await store.read((db) => findUnused(db, before, limit));
      // Empty most of the time, and then nobody waits.
      return unused.length === 0 ? [] : store.transact((db) => removeUnused(store, db, unused, before));
    },

    async addInvite({ digest, createdAt, expiresAt }, email) {
      await store.transact((db) =>
        db.insertInto("invites").values({ digest, email, created_at: createdAt, expires_at: expiresAt }).execute(),
      );
    },

    async hasInvite(digest, email, now) {
      return (await store.read((db) => goodInvite(db, digest, email, now).executeTakeFirst())) !== undefined;
    },

    addResetCode: ({ digest, createdAt, expiresAt }, email) =>
      store.transact(async (db) => {
        if ((await lockedAccount(store, db, email)) === undefined) return false;
        const row = { digest, created_at: createdAt, expires_at: expiresAt };
        await db
          .insertInto("reset_codes")
          .values({ email, ...row })
          .onConflict((conflict) => conflict.column("email").doUpdateSet(row))
          .execute();
        return true;
      }),

    sweep: (now, limit) => store.transact((db) => sweepExpired(db, now, limit)),
  };
}

function goodInvite(db: Db, digest: string, email: string, now: number) {
  return db
    .selectFrom("invites")
    .select("digest")
    .where("digest", "=", digest)
    .where("expires_at", ">", now)
    .where((eb) => eb.or([eb("email", "is", null), eb("email", "=", email)]));
}

async function setPassword(db: Db, email: string, hash: string): Promise<void> {
  await db.updateTable("accounts").set({ password_hash: hash }).where("email", "=", email).execute();
}

function accountOf(row: AccountRow): Account {
  return {
    email: row.email,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    signedInAt: row.signed_in_at,
  };
}
