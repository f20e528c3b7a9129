import { sql } from "kysely";
import type { Side } from "../../../ports/match-records.ts";
import type { ContenderName, Forgotten } from "../../../ports/person-records.ts";
import { removeRatingsOf } from "../retention/rating-changes.ts";
import type { Db, Store } from "../store.ts";
import type { MatchRow } from "../tables.ts";

const SIDES = ["p1", "p2"] as const;

/** Entries that were joined to nothing, and wait no more. */
const hasLeft = sql<boolean>`status IN ('cancelled', 'expired')`;
const isOnItsWay = sql<boolean>`state IN ('queued', 'signed', 'sent')`;

/** Locks in the order of all others: matches, then agents. */
export async function forgetContender(store: Store, name: ContenderName, unsettledSince: number): Promise<Forgotten> {
  const { matches, entries } = await store.read((db) => find(db, name));
  return store.transact(async (db) => {
    let [gone, left] = [0, 0];
    const agents = new Set<string>();
    for (const id of matches) {
      const match = await db
        .selectFrom("matches")
        .selectAll()
        .where("id", "=", id)
        .$if(store.dialect === "postgres", (query) => query.forUpdate())
        .executeTakeFirst();
      if (match === undefined) continue;
      const sides = SIDES.filter((side) => isNamed(match, side, name));
      if (sides.length > 0 && (await isGoingOn(db, match, unsettledSince))) {
        left++;
        continue;
      }
      for (const side of sides) {
        const agent = match[`${side}_agent_id`];
        if (agent !== null) agents.add(agent);
        await forgetSide(db, match, side);
        gone++;
      }
    }
    for (const id of entries) {
      const { numDeletedRows } = await db
        .deleteFrom("queue_entries")
        .where("id", "=", id)
        .where(hasLeft)
        .executeTakeFirst();
      const waits = await db
        .selectFrom("queue_entries")
        .select("id")
        .where("id", "=", id)
        .where("status", "=", "waiting")
        .executeTakeFirst();
      gone += Number(numDeletedRows);
      left += waits === undefined ? 0 : 1;
    }
    gone += await removeRatingsOf(db, [...agents]);
    return { gone, left };
  });
}

/** Numbers of rows, by all that is kept. */
async function find(db: Db, name: ContenderName) {
  const [matches, entries] =
    "connectCode" in name
      ? [
          db
            .selectFrom("matches")
            .where((eb) => eb.or(SIDES.map((side) => eb(`${side}_connect_code`, "=", name.connectCode)))),
          db.selectFrom("queue_entries").where("connect_code", "=", name.connectCode),
        ]
      : [
          // However it is written; which it is, is told below.
          db
            .selectFrom("matches")
            .where((eb) =>
              eb.or(
                SIDES.map((side) => eb(eb.fn<string>("lower", [`${side}_wallet`]), "like", `%${bare(name.wallet)}`)),
              ),
            ),
          db
            .selectFrom("queue_entries")
            .where((eb) => eb(eb.fn<string>("lower", ["wallet"]), "like", `%${bare(name.wallet)}`)),
        ];
  const [found, joined] = [
    await matches.select("id").orderBy("id").execute(),
    await entries.select(["id", "wallet"]).where("match_id", "is", null).orderBy("id").execute(),
  ];
  const isTheirs = ({ wallet }: { readonly wallet: string | null }): boolean =>
    "connectCode" in name || bare(wallet ?? "") === bare(name.wallet);
  return { matches: found.map(({ id }) => id), entries: joined.filter(isTheirs).map(({ id }) => id) };
}

function isNamed(match: MatchRow, side: Side, name: ContenderName): boolean {
  if ("connectCode" in name) return match[`${side}_connect_code`] === name.connectCode;
  const wallet = match[`${side}_wallet`];
  return wallet !== null && bare(wallet) === bare(name.wallet);
}

/** What tells wallets apart, however they are written. */
function bare(wallet: string): string {
  return wallet.trim().toLowerCase().replace(/^0x/, "");
}

async function isGoingOn(db: Db, match: MatchRow, unsettledSince: number): Promise<boolean> {
  if (match.status === "playing") return true;
  if (match.wager_status === "accepted" && match.created_at > unsettledSince) return true;
  const posting = await db
    .selectFrom("feedback_outbox")
    .select("id")
    .where("match_id", "=", match.match_id)
    .where(isOnItsWay)
    .limit(1)
    .executeTakeFirst();
  return posting !== undefined;
}

async function forgetSide(db: Db, match: MatchRow, side: Side): Promise<void> {
  const nobody = { connect_code: `forgotten-${side}`, fighter_name: null, wallet: null, agent_id: null };
  const columns = Object.fromEntries(Object.entries(nobody).map(([name, value]) => [`${side}_${name}`, value]));
  await db.updateTable("matches").set(columns).where("id", "=", match.id).execute();
  await db.updateTable("queue_entries").set(nobody).where("queue_id", "=", match[`${side}_queue_id`]).execute();
  await removeSignature(db, match, side);
  await db.deleteFrom("replays").where("match_id", "=", match.match_id).execute();
  await db.deleteFrom("replay_pieces").where("match_id", "=", match.match_id).execute();
}

/** Of unchecked signatures of a side without a wallet it is known only that they are not the other one's. */
async function removeSignature(db: Db, match: MatchRow, side: Side): Promise<void> {
  const mine = match[`${side}_wallet`];
  const theirs = match[side === "p1" ? "p2_wallet" : "p1_wallet"];
  const signatures = await db
    .selectFrom("match_signatures")
    .select(["id", "signer"])
    .where("match_id", "=", match.match_id)
    .execute();
  const isMine = (signer: string): boolean =>
    mine === null ? theirs === null || bare(signer) !== bare(theirs) : bare(signer) === bare(mine);
  for (const { id, signer } of signatures) {
    if (isMine(signer)) await db.deleteFrom("match_signatures").where("id", "=", id).execute();
  }
}
