import type { Entrant, EntryStatus } from "../../../ports/queue-records.ts";
import type { DialectName } from "../dialect.ts";
import { rowInserter } from "../insert-rows.ts";
import type { Db } from "../store.ts";

export interface NewEntry {
  readonly who: Entrant;
  readonly status: EntryStatus;
  /** Its id. */
  readonly match: string | null;
  /** In ms. */
  readonly now: number;
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

/** The values of the columns above. */
function valuesOf({ queueId, connectCode, fighterName, wallet, agentId }: Entrant): (string | null)[] {
  return [queueId, connectCode, fighterName, wallet, agentId?.toString() ?? null];
}

function columnsOf(side: "p1" | "p2") {
  return Object.fromEntries(Object.entries(CONTENDER).map(([name, type]) => [`${side}_${name}`, type]));
}

export function entryInserter(dialect: DialectName): (db: Db, entries: readonly NewEntry[]) => Promise<void> {
  const insert = rowInserter(dialect, "queue_entries", {
    ...CONTENDER,
    ...{ status: "text", match_id: "text", created_at: "bigint", seen_at: "bigint" },
  });
  return (db, entries) =>
    insert(
      db,
      entries.map(({ who, status, match, now }) => [...valuesOf(who), status, match, now, now]),
    );
}

/** Of matches that begin. */
export function matchInserter(dialect: DialectName): (db: Db, matches: readonly NewMatch[]) => Promise<void> {
  const insert = rowInserter(dialect, "matches", {
    ...{ match_id: "text", status: "text" },
    ...columnsOf("p1"),
    ...columnsOf("p2"),
    ...{ created_at: "bigint", active_at: "bigint" },
  });
  return (db, matches) =>
    insert(
      db,
      matches.map(({ id, p1, p2, now }) => [id, "playing", ...valuesOf(p1), ...valuesOf(p2), now, now]),
    );
}
