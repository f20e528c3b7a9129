import {
  contactStatuses,
  type ContactCounts,
  type ContactRecords,
  type ContactStatus,
} from "../../ports/contact-records.ts";
import { sql } from "kysely";
import { changeNumber, lockPeople } from "./account-row.ts";
import { fixedQuery } from "./fixed-query.ts";
import { anyOf, lookup } from "./lookup.ts";
import type { Db, Store } from "./store.ts";

/** Contacts in SQL: a row for each direction. Whoever changes one locks both people. */
export function createContactRecords(store: Store): ContactRecords {
  const accepted = acceptedLookup(store);
  return {
    async list(email) {
      return store.read((db) =>
        db
          .selectFrom("contacts")
          .select(["other as email", "status", "since"])
          .where("owner", "=", email)
          .orderBy("other")
          .execute(),
      );
    },

    accepted: async (email) => (await accepted(email)) ?? [],

    step: (actor, other, decide, now) =>
      store.transact(async (db) => {
        await lockPeople(store, db, [actor.email, other]);
        if (actor.tokenId !== null && !(await hasToken(db, actor.tokenId))) return null;
        const row = await rowOf(db, actor.email, other);
        const before = { mine: row?.status ?? null, theirs: (await rowOf(db, other, actor.email))?.status ?? null };
        const counts = { mine: await countsOf(db, actor.email), theirs: await countsOf(db, other) };
        const after = decide(before, counts);
        const changes = { mine: after.mine !== before.mine, theirs: after.theirs !== before.theirs };
        if (changes.mine) await put(db, actor.email, other, after.mine, now);
        if (changes.theirs) await put(db, other, actor.email, after.theirs, now);
        const order = changes.mine || changes.theirs ? await changeNumber(store, db) : 0;
        const since = !changes.mine && row !== undefined ? row.since : now;
        const contact = after.mine === null ? null : { email: other, status: after.mine, since };
        return { before, after, contact, order };
      }),
  };
}

/** Asked for everybody whose first device comes to a node, which may be thousands at once. */
function acceptedLookup(store: Store): (email: string) => Promise<readonly string[] | null> {
  const acceptedOf = (db: Db) =>
    db
      .selectFrom("contacts")
      .select(["owner", "other"])
      .where("status", "=", sql<"accepted">`'accepted'`);
  const ofOwner = fixedQuery<{ owner: string }, { other: string }>((db, value) =>
    acceptedOf(db).where("owner", "=", value("owner")),
  );
  const ofOwners = fixedQuery<{ owners: readonly string[] }, { owner: string; other: string }>((db, value) =>
    acceptedOf(db).where("owner", "=", anyOf(value("owners"))),
  );
  return lookup<readonly string[]>(store, {
    one: async (db, owner) => (await ofOwner(db, { owner })).map(({ other }) => other),
    async many(db, owners) {
      const byOwner = Map.groupBy(await ofOwners(db, { owners }), ({ owner }) => owner);
      return new Map([...byOwner].map(([owner, rows]) => [owner, rows.map(({ other }) => other)]));
    },
  });
}

function rowOf(db: Db, owner: string, other: string) {
  return db
    .selectFrom("contacts")
    .select(["status", "since"])
    .where("owner", "=", owner)
    .where("other", "=", other)
    .executeTakeFirst();
}

async function hasToken(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom("tokens").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
}

async function countsOf(db: Db, owner: string): Promise<ContactCounts> {
  const rows = await db
    .selectFrom("contacts")
    .select((eb) => ["status", eb.fn.countAll<number>().as("count")])
    .where("owner", "=", owner)
    .groupBy("status")
    .execute();
  const counts = Object.fromEntries(contactStatuses.map((status) => [status, 0])) as Record<ContactStatus, number>;
  for (const { status, count } of rows) counts[status] = count;
  return counts;
}

async function put(db: Db, owner: string, other: string, status: ContactStatus | null, since: number): Promise<void> {
  if (status === null) {
    await db.deleteFrom("contacts").where("owner", "=", owner).where("other", "=", other).execute();
    return;
  }
  await db
    .insertInto("contacts")
    .values({ owner, other, status, since })
    .onConflict((conflict) => conflict.columns(["owner", "other"]).doUpdateSet({ status, since }))
    .execute();
}
