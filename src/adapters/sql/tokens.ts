import type { NewToken, TokenRecord, TokenRecords } from "../../ports/token-records.ts";
import { lockedAccount } from "./account-row.ts";
import { fixedQuery } from "./fixed-query.ts";
import { anyOf, lookup } from "./lookup.ts";
import type { Db, Store } from "./store.ts";
import type { TokenRow } from "./tables.ts";

/** Tokens in SQL. Whoever adds or takes several locks their account first. */
export function createTokenRecords(store: Store): TokenRecords {
  const ofDigest = digestLookup(store);
  return {
    issue: (token, { from, to }, most) =>
      store.transact(async (db) => {
        const account = await lockedAccount(store, db, token.email);
        if (account === undefined || account.password_hash !== from) return null;
        await db
          .updateTable("accounts")
          .set({ password_hash: to, signed_in_at: token.createdAt })
          .where("email", "=", token.email)
          .execute();
        const others = await db
          .selectFrom("tokens")
          .select("id")
          .where("email", "=", token.email)
          .orderBy("last_used_at", "desc")
          .orderBy("id")
          .execute();
        await addToken(db, token);
        const ids = others.slice(most - 1).map(({ id }) => id);
        if (ids.length > 0) await db.deleteFrom("tokens").where("id", "in", ids).execute();
        return ids;
      }),

    async find(digest, now) {
      const token = await ofDigest(digest);
      return token !== null && now < token.expiresAt ? token : null;
    },

    async touch(id, now) {
      await store.transact((db) =>
        db
          .updateTable("tokens")
          .set({ last_used_at: now })
          .where("id", "=", id)
          .where("last_used_at", "<", now)
          .execute(),
      );
    },

    async list(email, now) {
      const rows = await store.read((db) =>
        db
          .selectFrom("tokens")
          .selectAll()
          .where("email", "=", email)
          .where("expires_at", ">", now)
          .orderBy("created_at", "desc")
          .orderBy("id")
          .execute(),
      );
      return rows.map(tokenOf);
    },

    revoke: (email, id) =>
      store.transact(async (db) => {
        const gone = await db
          .deleteFrom("tokens")
          .where("id", "=", id)
          .where("email", "=", email)
          .returning("id")
          .executeTakeFirst();
        return gone !== undefined;
      }),

    revokeOthers: (email, keep) =>
      store.transact(async (db) => {
        await lockedAccount(store, db, email);
        return revokeAll(db, email, keep);
      }),

    async missing(ids, now) {
      if (ids.length === 0) return [];
      const rows = await store.read((db) =>
        db.selectFrom("tokens").select("id").where("id", "in", ids).where("expires_at", ">", now).execute(),
      );
      const good = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !good.has(id));
    },
  };
}

/** Asked whenever somebody comes with a token, which may be thousands at once. */
function digestLookup(store: Store): (digest: string) => Promise<TokenRecord | null> {
  const byDigest = fixedQuery<{ digest: string }, TokenRow>((db, value) =>
    db.selectFrom("tokens").selectAll().where("digest", "=", value("digest")),
  );
  const byDigests = fixedQuery<{ digests: readonly string[] }, TokenRow>((db, value) =>
    db
      .selectFrom("tokens")
      .selectAll()
      .where("digest", "=", anyOf(value("digests"))),
  );
  return lookup(store, {
    async one(db, digest) {
      const [row] = await byDigest(db, { digest });
      return row === undefined ? null : tokenOf(row);
    },
    many: async (db, digests) => new Map((await byDigests(db, { digests })).map((row) => [row.digest, tokenOf(row)])),
  });
}

export async function addToken(db: Db, token: NewToken): Promise<void> {
  await db
    .insertInto("tokens")
    .values({
      id: token.id,
      digest: token.digest,
      email: token.email,
      name: token.name,
      user_agent: token.userAgent,
      created_at: token.createdAt,
      last_used_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .execute();
}

/** Takes all tokens of an account that the caller has locked, but `keep`. Their ids. */
export async function revokeAll(db: Db, email: string, keep: string | null): Promise<readonly string[]> {
  const gone = await db
    .deleteFrom("tokens")
    .where("email", "=", email)
    .$if(keep !== null, (query) => query.where("id", "!=", keep!))
    .returning("id")
    .execute();
  return gone.map(({ id }) => id);
}

function tokenOf(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    digest: row.digest,
    email: row.email,
    name: row.name,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}
