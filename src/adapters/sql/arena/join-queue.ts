import { sql } from "kysely";
import type { Contender, Joined, JoinRequest, QueueEntry } from "../../../ports/queue-records.ts";
import type { Db } from "../store.ts";
import type { QueueEntryRow } from "../tables.ts";
import { contenderColumns, entryOf, sideColumns } from "./rows.ts";

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
 * for many as for one. Nobody else may join meanwhile. `locking`: rows can change under a transaction.
 */
export async function joinQueue(db: Db, joins: readonly Join[], locking: boolean): Promise<readonly Joined[]> {
  const line = await lineFor(db, joins, locking);
  const known = [...line];
  const newcomers: { readonly one: InLine; readonly join: Join }[] = [];
  const made: Made[] = [];
  const answers = joins.map((join): Joined => {
    const { request, now, seenSince } = join;
    const takeOut = (wanted: (one: InLine) => boolean, status: "cancelled" | "matched"): InLine | null => {
      const one = line.find(wanted);
      if (one === undefined) return null;
      line.splice(line.indexOf(one), 1);
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
    // Who finds nobody to meet is the first of those that wait.
    const entry = {
      queueId,
      ...contender,
      status,
      matchId: one.matchId,
      position: waiter === null ? 1 : null,
    } as const;
    return {
      entry,
      opponent: waiter?.who.queueId ?? null,
      waitedMs: waiter === null ? null : Math.max(0, now - waiter.since),
      cancelled: earlier?.who.queueId ?? null,
    };
  });

  const cancelled = known.filter(({ status }) => status === "cancelled").map(({ id }) => id!);
  if (cancelled.length > 0) {
    await db.updateTable("queue_entries").set({ status: "cancelled" }).where("id", "in", cancelled).execute();
  }
  for (const { id, matchId } of known.filter(({ status }) => status === "matched")) {
    await db.updateTable("queue_entries").set({ status: "matched", match_id: matchId }).where("id", "=", id!).execute();
  }
  await db
    .insertInto("queue_entries")
    .values(
      newcomers.map(({ one: { who, status, matchId }, join: { now } }) => ({
        queue_id: who.queueId,
        ...contenderColumns(who),
        status,
        match_id: matchId,
        created_at: now,
        seen_at: now,
      })),
    )
    .execute();
  if (made.length > 0) {
    await db
      .insertInto("matches")
      .values(
        made.map(({ waiter, join: { request, now } }) => ({
          match_id: request.matchId,
          status: "playing" as const,
          ...sideColumns("p1", waiter.who),
          ...sideColumns("p2", request),
          created_at: now,
          active_at: now,
        })),
      )
      .execute();
  }
  return answers;
}

/** Those in the table whom these joins may meet or cancel, who has waited longest first. */
async function lineFor(db: Db, joins: readonly Join[], locking: boolean): Promise<InLine[]> {
  const waiting = db
    .selectFrom("queue_entries")
    .selectAll()
    .where(isWaiting)
    // Whoever leaves or expires right now is passed over.
    .$if(locking, (query) => query.forUpdate());
  const codes = joins.map(({ request }) => request.connectCode);
  const earlier = await waiting.where("connect_code", "in", codes).execute();
  const seenSince = Math.min(...joins.map((join) => join.seenSince));
  const next = await waiting
    .where("seen_at", ">", seenSince)
    .orderBy("id")
    // Each join takes two of them away at most.
    .limit(2 * joins.length)
    .execute();
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
}
