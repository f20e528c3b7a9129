import { sql } from "kysely";
import type { EntryStatus, Joined, JoinRequest } from "../../../ports/queue-records.ts";
import type { DialectName } from "../dialect.ts";
import { fixedQuery } from "../fixed-query.ts";
import type { Db } from "../store.ts";
import type { QueueEntryRow } from "../tables.ts";
import { entryInserter, matchInserter, type NewEntry, type NewMatch } from "./new-rows.ts";
import { entryOf } from "./rows.ts";

/** One call of `join`; see {@link QueueRecords}. */
export interface Join {
  readonly request: JoinRequest;
  readonly now: number;
  readonly seenSince: number;
}

/** Somebody in the line: from the table, or who has joined just now. */
interface InLine extends NewEntry {
  readonly seenAt: number;
  /** The row; null if there is none yet. */
  readonly id: number | null;
  status: EntryStatus;
  match: NewMatch | null;
}

/** What one join has come to. */
interface Newcomer {
  readonly one: InLine;
  readonly waiter: InLine | null;
  readonly cancelled: InLine | null;
}

/** A literal, as in the indexes: a parameter could be anything. */
export const isWaiting = sql<boolean>`status = 'waiting'`;

/**
 * Joins players to the queue one after the other, as if each came in a transaction of its own, with as many statements
 * for many as for one. Nobody else may join meanwhile.
 */
export type JoinQueue = (db: Db, joins: readonly Join[]) => Promise<readonly Joined[]>;

export function queueJoiner(dialect: DialectName): JoinQueue {
  const lineFor = lineReader(dialect);
  const insertEntries = entryInserter(dialect);
  const insertMatches = matchInserter(dialect);
  const cancel = fixedQuery<{ id: number }, unknown>((db, value) =>
    db.updateTable("queue_entries").set({ status: "cancelled" }).where("id", "=", value("id")),
  );
  const meet = fixedQuery<{ id: number; matchId: string }, unknown>((db, value) =>
    db
      .updateTable("queue_entries")
      .set({ status: "matched", match_id: value("matchId") })
      .where("id", "=", value("id")),
  );
  return async (db, joins) => {
    const line = await lineFor(db, joins);
    const known = [...line];
    const newcomers = joins.map((join) => joinOne(join, line));

    // Few or none: those who waited when this began.
    for (const { id, status, match } of known) {
      if (status === "cancelled") await cancel(db, { id: id! });
      if (match !== null) await meet(db, { id: id!, matchId: match.id });
    }
    const entries: NewEntry[] = [];
    const matches: NewMatch[] = [];
    for (const { one, waiter } of newcomers) {
      entries.push(one);
      if (waiter !== null) matches.push(one.match!);
    }
    await insertEntries(db, entries);
    if (matches.length > 0) await insertMatches(db, matches);
    return newcomers.map(answerTo);
  };
}

function joinOne({ request, now, seenSince }: Join, line: InLine[]): Newcomer {
  const one: InLine = { who: request, seenAt: now, since: now, id: null, status: "waiting", match: null };
  const cancelled = takeOut(line, (other) => other.who.connectCode === request.connectCode);
  if (cancelled !== null) cancelled.status = "cancelled";
  const waiter = takeOut(line, ({ seenAt }) => seenAt > seenSince);
  if (waiter === null) line.push(one);
  else {
    const match = { id: request.matchId, p1: waiter.who, p2: request, now };
    putIn(match, waiter);
    putIn(match, one);
  }
  return { one, waiter, cancelled };
}

function takeOut(line: InLine[], wanted: (one: InLine) => boolean): InLine | null {
  const at = line.findIndex(wanted);
  return at < 0 ? null : line.splice(at, 1)[0]!;
}

function putIn(match: NewMatch, one: InLine): void {
  one.status = "matched";
  one.match = match;
}

/** As it was when it joined, though another of the same step may have met it since. */
function answerTo({ one, waiter, cancelled }: Newcomer): Joined {
  const { queueId, connectCode, fighterName, wallet, agentId } = one.who;
  const match = waiter === null ? null : one.match;
  return {
    entry: {
      queueId,
      connectCode,
      fighterName,
      wallet,
      agentId,
      status: match === null ? "waiting" : "matched",
      matchId: match === null ? null : match.id,
      // Who finds nobody to meet is the first of those that wait.
      position: match === null ? 1 : null,
    },
    match: match === null ? null : { p1: match.p1, p2: match.p2, madeAt: match.now },
    opponent: waiter?.who.queueId ?? null,
    waitedMs: waiter === null ? null : Math.max(0, one.since - waiter.since),
    cancelled: cancelled?.who.queueId ?? null,
  };
}

/** Those in the table whom these joins may meet or cancel, who has waited longest first. */
function lineReader(dialect: DialectName): (db: Db, joins: readonly Join[]) => Promise<InLine[]> {
  const locking = dialect === "postgres";
  const waiting = (db: Db) =>
    db
      .selectFrom("queue_entries")
      .selectAll()
      .where(isWaiting)
      // Whoever leaves or expires right now is passed over.
      .$if(locking, (query) => query.forUpdate());
  // One value for all codes, so that the text is the same for any number of them.
  const earlierOf = fixedQuery<{ codes: string | readonly string[] }, QueueEntryRow>((db, value) => {
    const codes = value("codes");
    return waiting(db).where(
      locking
        ? sql<boolean>`connect_code = ANY(${codes}::text[])`
        : sql<boolean>`connect_code IN (SELECT value FROM json_each(${codes}))`,
    );
  });
  const nextOf = fixedQuery<{ seenSince: number; most: number }, QueueEntryRow>((db, value) =>
    waiting(db).where("seen_at", ">", value("seenSince")).orderBy("id").limit(value("most")),
  );
  return async (db, joins) => {
    const codes = joins.map(({ request }) => request.connectCode);
    const earlier = await earlierOf(db, { codes: locking ? codes : JSON.stringify(codes) });
    const next = await nextOf(db, {
      seenSince: Math.min(...joins.map((join) => join.seenSince)),
      // Each join takes two of them away at most.
      most: 2 * joins.length,
    });
    const rows = new Map<number, QueueEntryRow>([...earlier, ...next].map((row) => [row.id, row]));
    return [...rows.values()]
      .toSorted((one, other) => one.id - other.id)
      .map((row) => ({
        who: entryOf(row, null),
        seenAt: row.seen_at,
        since: row.created_at,
        id: row.id,
        status: "waiting",
        match: null,
      }));
  };
}
