import type { MatchRecords } from "../../ports/match-records.ts";
import type { QueueRecords } from "../../ports/queue-records.ts";
import type { Journal } from "./journal.ts";
import type { Waits } from "./waits.ts";

export interface NotedQueueDeps {
  readonly queue: QueueRecords;
  readonly journal: Journal;
  readonly waits: Waits;
}

/** The same queue; what becomes of an entry through this node is noted, and how long it waited. */
export function notedQueue({ queue, journal, waits }: NotedQueueDeps): QueueRecords {
  const note = (queueId: string, what: string, detail?: string, person?: string): void =>
    journal.note("tickets", queueId, what, detail, person, "arena");
  return {
    see: (queueId, now, seenSince) => queue.see(queueId, now, seenSince),
    codeOf: (queueId) => queue.codeOf(queueId),
    waiting: () => queue.waiting(),
    async join(request, now, seenSince) {
      const joined = await queue.join(request, now, seenSince);
      const { entry, opponent, waitedMs, cancelled } = joined;
      note(entry.queueId, "joined", entry.connectCode, entry.connectCode);
      if (cancelled !== null) note(cancelled, "cancelled", "the same player joined again");
      if (opponent !== null && entry.matchId !== null) {
        for (const queueId of [opponent, entry.queueId]) note(queueId, "matched", entry.matchId);
        journal.note("matches", entry.matchId, "made");
        waits.formed();
        waits.matched(0);
        waits.matched(waitedMs ?? 0);
      }
      return joined;
    },
    async cancel(queueId) {
      const left = await queue.cancel(queueId);
      if (left) {
        note(queueId, "cancelled");
        waits.expired();
      }
      return left;
    },
    async expire(seenBefore, limit) {
      const ids = await queue.expire(seenBefore, limit);
      for (const queueId of ids) {
        note(queueId, "expired", "nobody asked after it");
        waits.expired();
      }
      return ids;
    },
  };
}

/** The same matches; what becomes of them through this node is noted. */
export function notedMatches(matches: MatchRecords, journal: Journal): MatchRecords {
  return {
    find: (id) => matches.find(id),
    signatures: (id) => matches.signatures(id),
    touch: (id, now) => matches.touch(id, now),
    playing: () => matches.playing(),
    async change(id, decide) {
      let steps: readonly string[] = [];
      const view = await matches.change(id, (now) => {
        const step = decide(now);
        steps = step === null ? [] : wordsOf(step);
        return step;
      });
      if (view !== null) for (const what of steps) journal.note("matches", id, what);
      return view;
    },
    async expire(activeBefore, limit) {
      const ids = await matches.expire(activeBefore, limit);
      for (const id of ids) journal.note("matches", id, "expired", "nothing happened in it");
      return ids;
    },
  };
}

function wordsOf({
  reports,
  status,
  wager,
  signature,
}: Exclude<ReturnType<Parameters<MatchRecords["change"]>[1]>, null>) {
  return [
    ...Object.keys(reports ?? {}).map((side) => `${side} reported`),
    ...(signature === undefined ? [] : ["signed"]),
    ...(wager === undefined ? [] : [`wager ${wager.status}`]),
    ...(status === undefined ? [] : [status]),
  ];
}
