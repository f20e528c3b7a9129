import type { Entrant, EntryStatus } from "../../../ports/queue-records.ts";
import type { DialectName } from "../dialect.ts";
import { rowInserter, type RowValues } from "../insert-rows.ts";
import type { Db } from "../store.ts";

export interface NewEntry {
  readonly who: Entrant;
  readonly status: EntryStatus;
  readonly match: Pick<NewMatch, "id"> | null;
  /** In ms. */
  readonly since: number;
}

export interface NewMatch {
  readonly id: string;
  readonly p1: Entrant;
  readonly p2: Entrant;
  /** In ms. */
  readonly now: number;
}

const CONTENDER = {
  queue_id: "text",
  connect_code: "text",
  fighter_name: "text",
  wallet: "text",
  agent_id: "text",
} as const;

function columnsOf(side: "p1" | "p2") {
  return Object.fromEntries(Object.entries(CONTENDER).map(([name, type]) => [`${side}_${name}`, type]));
}

export function entryInserter(dialect: DialectName): (db: Db, entries: readonly NewEntry[]) => Promise<void> {
  const insert = rowInserter(dialect, "queue_entries", {
    ...CONTENDER,
    ...{ status: "text", match_id: "text", created_at: "bigint", seen_at: "bigint" },
  });
  return (db, entries) => insert(db, entries.map(entryValues));
}

function entryValues({ who, status, match, since }: NewEntry): RowValues {
  return [
    who.queueId,
    who.connectCode,
    who.fighterName,
    who.wallet,
    digitsOf(who),
    status,
    match?.id ?? null,
    since,
    since,
  ];
}

/** Of matches that begin. */
export function matchInserter(dialect: DialectName): (db: Db, matches: readonly NewMatch[]) => Promise<void> {
  const insert = rowInserter(dialect, "matches", {
    ...{ match_id: "text", status: "text" },
    ...columnsOf("p1"),
    ...columnsOf("p2"),
    ...{ created_at: "bigint", active_at: "bigint" },
  });
  return (db, matches) => insert(db, matches.map(matchValues));
}

function matchValues({ id, p1, p2, now }: NewMatch): RowValues {
  return [
    id,
    "playing",
    p1.queueId,
    p1.connectCode,
    p1.fighterName,
    p1.wallet,
    digitsOf(p1),
    p2.queueId,
    p2.connectCode,
    p2.fighterName,
    p2.wallet,
    digitsOf(p2),
    now,
    now,
  ];
}

function digitsOf({ agentId }: Entrant): string | null {
  return agentId === null ? null : agentId.toString();
}
