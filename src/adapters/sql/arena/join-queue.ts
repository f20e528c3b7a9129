import { sql } from "kysely";
import type { Contender, Joined, JoinRequest, QueueEntry } from "../../../ports/queue-records.ts";
import type { DialectName } from "../dialect.ts";
import { fixedQuery } from "../fixed-query.ts";
import type { Db } from "../store.ts";
import type { QueueEntryRow } from "../tables.ts";
import { entryInserter, matchInserter } from "./new-rows.ts";
import { entryOf } from "./rows.ts";

/** One call of `join`; see {@link QueueRecords}. */
export interface Join {
  readonly request: JoinRequest;
  readonly now: number;
  readonly seenSince: number;
}

/** Somebody in the line: from the table, or who has joined just now. */
interface InLine {
  readonly who: { readonly queueId: string } & Contender;
  readonly seenAt: number;
  readonly since: number;
  /** The row; null if there is none yet. */
  readonly id: number | null;
  status: QueueEntry["status"];
  matchId: string | null;
}

interface Made {
  readonly waiter: InLine;
  readonly join: Join;
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
  const match = fixedQuery<{ id: number; matchId: string }, unknown>((db, value) =>
    db
      .updateTable("queue_entries")
      .set({ status: "matched", match_id: value("matchId") })
      .where("id", "=", value("id")),
  );
  return async (db, joins) => {
    const line = await lineFor(db, joins);
    const known = [...line];
    const newcomers: { readonly one: InLine; readonly join: Join }[] = [];
    const made: Made[] = [];
    const answers = joins.map((join) => joinOne(join, line, newcomers, made));

    // Few or none: those who waited when this began.
    for (const { id, status, matchId } of known) {
      if (status === "cancelled") await cancel(db, { id: id! });
      if (status === "matched") await match(db, { id: id!, matchId: matchId! });
    }
    await insertEntries(
      db,
      newcomers.map(({ one, join: { now } }) => ({ ...one, now })),
    );
    if (made.length > 0) {
      await insertMatches(
        db,
        made.map(({ waiter, join: { request, now } }) => ({ p1: waiter.who, p2: request, id: request.matchId, now })),
      );
    }
    return answers;
  };
}

function joinOne(
  join: Join,
  line: InLine[],
  newcomers: { readonly one: InLine; readonly join: Join }[],
  made: Made[],
): Joined {
  const { request, now, seenSince } = join;
  const takeOut = (wanted: (one: InLine) => boolean, status: "cancelled" | "matched"): InLine | null => {
    const at = line.findIndex(wanted);
    if (at < 0) return null;
    const one = line.splice(at, 1)[0]!;
    one.status = status;
    if (status === "matched") one.matchId = request.matchId;
    return one;
  };
  const earlier = takeOut(({ who }) => who.connectCode === request.connectCode, "cancelled");
  const waiter = takeOut(({ seenAt }) => seenAt > seenSince, "matched");
  const status = waiter === null ? "waiting" : "matched";
  const one: InLine = { who: request, seenAt: now, since: now, id: null, status, matchId: waiter?.matchId ?? null };
  newcomers.push({ one, join });
  if (waiter === null) line.push(one);
  else made.push({ waiter, join });
  const { queueId, connectCode, fighterName, wallet, agentId } = request;
  const contender = { connectCode, fighterName, wallet, agentId };
  return {
    // Who finds nobody to meet is the first of those that wait.
    entry: { queueId, ...contender, status, matchId: one.matchId, position: waiter === null ? 1 : null },
    opponent: waiter?.who.queueId ?? null,
    met: waiter?.who ?? null,
    waitedMs: waiter === null ? null : Math.max(0, now - waiter.since),
    cancelled: earlier?.who.queueId ?? null,
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
        matchId: null,
      }));
  };
}
