import { sql } from "kysely";
import { mentionsOfPlayers } from "../../../ports/audit-names.ts";
import type { Report, Side } from "../../../ports/match-records.ts";
import type { ContenderName, Forgotten } from "../../../ports/person-records.ts";
import type { Random } from "../../../ports/random.ts";
import { lockRatingsOf, removeRatingsOf } from "../retention/rating-changes.ts";
import type { Db, Store } from "../store.ts";
import type { MatchRow } from "../tables.ts";
import { forgetInAudit } from "./acts.ts";

const SIDES = ["p1", "p2"] as const;

/** Entries that were joined to nothing, and wait no more. */
const hasLeft = sql<boolean>`status IN ('cancelled', 'expired')`;
const isOnItsWay = sql<boolean>`state IN ('queued', 'signed', 'sent')`;

/** A match that is over, and whose of its sides are theirs. */
interface Played {
  readonly match: MatchRow;
  readonly sides: readonly Side[];
}

/** Locks in the order of all others: matches, agents, what operators have done. */
export async function forgetContender(
  store: Store,
  random: Random,
  name: ContenderName,
  unsettledSince: number,
): Promise<Forgotten> {
  const { matches, entries } = await store.read((db) => find(db, name));
  return store.transact(async (db) => {
    let [gone, left] = [0, 0];
    const over: Played[] = [];
    for (const id of matches) {
      const match = await db
        .selectFrom("matches")
        .selectAll()
        .where("id", "=", id)
        .$if(store.dialect === "postgres", (query) => query.forUpdate())
        .executeTakeFirst();
      if (match === undefined) continue;
      const sides = SIDES.filter((side) => isNamed(match, side, name));
      if (sides.length === 0) continue;
      if (await isGoingOn(db, match, unsettledSince)) left++;
      else over.push({ match, sides });
    }
    const { rated, posting } = await lockRatingsOf(store, db, over.flatMap(agentsOf));
    const forgotten = new Set<string>();
    const codes = new Set<string>();
    for (const played of over) {
      const agents = agentsOf(played);
      // It is all that says whose rating is still to go.
      if (agents.some((agent) => posting.has(agent))) {
        left++;
        continue;
      }
      for (const agent of agents) forgotten.add(agent);
      gone += played.sides.length;
      for (const side of played.sides) codes.add(played.match[`${side}_connect_code`]);
      await forgetSides(db, random, played);
    }
    for (const id of entries) {
      const deleted = await db
        .deleteFrom("queue_entries")
        .where("id", "=", id)
        .where(hasLeft)
        .returning("connect_code")
        .execute();
      for (const { connect_code } of deleted) codes.add(connect_code);
      const waits = await db
        .selectFrom("queue_entries")
        .select("id")
        .where("id", "=", id)
        .where("status", "=", "waiting")
        .executeTakeFirst();
      gone += deleted.length;
      left += waits === undefined ? 0 : 1;
    }
    const removable = [...forgotten].filter((agent) => rated.has(agent));
    await removeRatingsOf(db, removable);
    const given = "connectCode" in name ? name.connectCode : name.wallet;
    const acts = await forgetInAudit(store, db, mentionsOfPlayers([given, ...codes]));
    return { gone: gone + removable.length + acts, left, also: [...codes] };
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

function agentsOf({ match, sides }: Played): readonly string[] {
  return sides.map((side) => match[`${side}_agent_id`]).filter((agent) => agent !== null);
}

async function forgetSides(db: Db, random: Random, { match, sides }: Played): Promise<void> {
  for (const side of sides) {
    // A name that nobody could have taken before: the codes of a match differ.
    const code = `forgotten-${random.uuid()}`;
    const nobody = { connect_code: code, fighter_name: null, wallet: null, agent_id: null };
    const columns = Object.fromEntries(Object.entries(nobody).map(([column, value]) => [`${side}_${column}`, value]));
    await db.updateTable("matches").set(columns).where("id", "=", match.id).execute();
    await db.updateTable("queue_entries").set(nobody).where("queue_id", "=", match[`${side}_queue_id`]).execute();
    await removeSignature(db, match, side);
  }
  await db
    .updateTable("matches")
    .set({ p1_report: withoutWords(match.p1_report), p2_report: withoutWords(match.p2_report) })
    .where("id", "=", match.id)
    .execute();
  await db.deleteFrom("replays").where("match_id", "=", match.match_id).execute();
  await db.deleteFrom("replay_pieces").where("match_id", "=", match.match_id).execute();
}

/** Either side's words may be about the other; the numbers are what the result was made of. */
function withoutWords(report: string | null): string | null {
  return report === null ? null : JSON.stringify({ ...(JSON.parse(report) as Report), outcome: "" });
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
