import { DomainError } from "../../../core/errors/errors.ts";
import { ENTRY_SILENCE_MS, type Queue } from "../../../core/matches/queue.ts";
import type { MatchStreams } from "../../../core/streams/match-streams.ts";
import { matchStatuses, type MatchRecord, type MatchRecords } from "../../../ports/match-records.ts";
import type { ListedEntry, OperatorRecords } from "../../../ports/operator-records.ts";
import { entryStatuses } from "../../../ports/queue-records.ts";
import { readNumber } from "../cursor.ts";
import { BITE, onlyOf, plain, sift, type Source } from "../source.ts";
import type { HistoryEntry, Item } from "../wire.ts";
import { cancelAction } from "./video-chat.ts";

const FACE = "arena";

/** Players who want an opponent, and those who wanted one. */
export function arenaTickets(queue: Queue, records: OperatorRecords): Source {
  const get = async (id: string): Promise<ListedEntry | null> =>
    id.startsWith(`${FACE}:`) ? records.entry(id.slice(FACE.length + 1)) : null;
  return {
    kind: "tickets",
    face: FACE,
    states: entryStatuses,
    isLocal: false,
    page: (query) =>
      sift(query, async (from) => {
        const status = onlyOf(entryStatuses, query);
        const rows = await records.entries({
          status,
          ...(from === null ? {} : { before: readNumber(from) }),
          limit: BITE,
        });
        const found = rows.map((entry) => ({ item: ticketItem(entry), after: `${entry.row}` }));
        return { found, next: rows.length < BITE ? null : `${rows.at(-1)!.row}` };
      }),
    async find(id) {
      const entry = await get(id);
      if (entry === null) return null;
      const joined = { at: entry.createdAt, node: null, what: "joined", detail: entry.connectCode };
      return { item: ticketItem(entry), history: [joined] };
    },
    async search(text) {
      const entry = await records.entry(text);
      const its = await records.entriesOf(text, 5);
      return [...(entry === null ? [] : [entry]), ...its].map(ticketItem);
    },
    async act(name, id) {
      const entry = name === "cancel" ? await get(id) : null;
      if (entry === null) return null;
      if (!(await queue.leave(entry.queueId))) {
        throw new DomainError("action_refused", "It does not wait any more.");
      }
      return "Its player waits no longer.";
    },
  };
}

/** Matches of the arena. */
export function arenaMatches(matches: Pick<MatchRecords, "find" | "signatures">, records: OperatorRecords): Source {
  return {
    kind: "matches",
    face: FACE,
    states: matchStatuses,
    isLocal: false,
    page: (query) =>
      sift(query, async (from) => {
        const status = onlyOf(matchStatuses, query);
        const rows = await records.matches({
          status,
          ...(from === null ? {} : { before: readNumber(from) }),
          limit: BITE,
        });
        const found = rows.map(({ row, match }) => ({ item: matchItem(match), after: `${row}` }));
        return { found, next: rows.length < BITE ? null : `${rows.at(-1)!.row}` };
      }),
    async find(id) {
      const match = await matches.find(id);
      if (match === null) return null;
      const signatures = await matches.signatures(id);
      const entry = (at: number, what: string, detail: string | null = null): HistoryEntry => ({
        ...{ at, node: null, what, detail },
      });
      return {
        item: matchItem(match),
        history: [
          entry(match.createdAt, "made", `${match.p1.connectCode} against ${match.p2.connectCode}`),
          ...(match.result === null ? [] : [entry(match.result.completedAt, "completed", winnerOf(match))]),
          ...signatures.map(({ createdAt, address }) => entry(createdAt, "signed", address)),
        ],
      };
    },
    async search(text) {
      const match = await matches.find(text);
      return match === null ? [] : [matchItem(match)];
    },
  };
}

export interface StreamSourceDeps {
  readonly streams: Pick<MatchStreams, "live">;
  /** How many watch a match, on all nodes. */
  viewers(id: string): Promise<number>;
}

/** Matches that are being streamed. */
export function streamSource({ streams, viewers }: StreamSourceDeps): Source {
  const show = async (id: string): Promise<Item> => ({
    ...plain,
    kind: "streams",
    id,
    label: id,
    state: "live",
    face: FACE,
    fields: { viewers: await viewers(id) },
    links: [{ as: "match", kind: "matches", id }],
  });
  return {
    kind: "streams",
    face: FACE,
    states: ["live"],
    isLocal: false,
    page: (query) =>
      sift(query, async (from) => {
        const live = await streams.live();
        const start = readNumber(from ?? "0");
        const ids = live.slice(start, start + BITE);
        const items = await Promise.all(ids.map(show));
        const found = items.map((item, at) => ({ item, after: `${start + at + 1}` }));
        return { found, next: start + BITE < live.length ? `${start + BITE}` : null };
      }),
    find: async (id) => ((await streams.live()).includes(id) ? { item: await show(id) } : null),
  };
}

function ticketItem({ queueId, status, connectCode, fighterName, matchId, createdAt, seenAt }: ListedEntry): Item {
  return {
    ...plain,
    kind: "tickets",
    id: `${FACE}:${queueId}`,
    label: connectCode,
    state: status,
    face: FACE,
    since: createdAt,
    fields: { fighter: fighterName, askedAt: seenAt, expiresWithoutAskingMs: ENTRY_SILENCE_MS },
    links: matchId === null ? [] : [{ as: "match", kind: "matches", id: matchId }],
    actions: status === "waiting" ? [cancelAction(FACE, queueId, "It is told that its entry was cancelled.")] : [],
  };
}

function matchItem(match: MatchRecord): Item {
  const { id, status, p1, p2, createdAt, activeAt, wager } = match;
  return {
    ...plain,
    kind: "matches",
    id,
    label: `${p1.connectCode} against ${p2.connectCode}`,
    state: status,
    face: FACE,
    since: createdAt,
    fields: { winner: winnerOf(match), activeAt, wager: wager === null ? null : wager.status },
    links: [
      ...[p1, p2].map(({ queueId }) => ({ as: "ticket", kind: "tickets", id: `${FACE}:${queueId}` }) as const),
      { as: "stream", kind: "streams", id },
    ],
  };
}

function winnerOf(match: MatchRecord): string | null {
  if (match.result === null) return null;
  const { winner } = match.result;
  return winner === null ? "a draw" : match[winner].connectCode;
}
