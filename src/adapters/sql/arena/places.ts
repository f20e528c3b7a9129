import type { Place } from "../../../ports/queue-records.ts";
import { fixedQuery, type FixedQuery } from "../fixed-query.ts";
import { anyOf, lookup } from "../lookup.ts";
import type { Db, Store } from "../store.ts";
import type { MatchRow, QueueEntryRow } from "../tables.ts";
import { entryOf, matchOf } from "./rows.ts";

export interface Places {
  /** Null for an unknown one. What still waits comes without its position. */
  find(queueId: string): Promise<Place | null>;
  /** The place of an entry that does not wait, as it will be from now on. */
  settled(db: Db, row: QueueEntryRow): Promise<Place>;
}

/** A match by its id; belongs to one store, as every fixed query does. */
export function matchQuery(): FixedQuery<{ id: string }, MatchRow> {
  return fixedQuery((db, value) => db.selectFrom("matches").selectAll().where("match_id", "=", value("id")));
}

/** An entry, and the match it is joined to: all columns of that are null where there is none. */
type PlaceRow = { readonly [Column in keyof MatchRow]: MatchRow[Column] | null } & Pick<QueueEntryRow, Contending> & {
    readonly entry_status: QueueEntryRow["status"];
    readonly entry_match_id: QueueEntryRow["match_id"];
  };

type Contending = "queue_id" | "connect_code" | "fighter_name" | "wallet" | "agent_id";

/** How entries of the queue stand, with their matches, as those who wait ask all the time. */
export function createPlaces(store: Store): Places {
  // Both in one statement: each takes SQLite's lock on the file, and PostgreSQL a round trip.
  const places = (db: Db) =>
    db
      .selectFrom("queue_entries as entry")
      .leftJoin("matches as match", "match.match_id", "entry.match_id")
      .selectAll("match")
      .select([
        ...(["entry.queue_id", "entry.connect_code", "entry.fighter_name", "entry.wallet", "entry.agent_id"] as const),
        // Of these a match has its own.
        "entry.status as entry_status",
        "entry.match_id as entry_match_id",
      ]);
  const placeOfId = fixedQuery<{ id: string }, PlaceRow>((db, value) =>
    places(db).where("entry.queue_id", "=", value("id")),
  );
  const placesOfIds = fixedQuery<{ ids: readonly string[] }, PlaceRow>((db, value) =>
    places(db).where("entry.queue_id", "=", anyOf(value("ids"))),
  );
  const matchOfId = matchQuery();
  return {
    find: lookup<Place>(store, {
      one: (db, id) => placeOfId(db, { id }).then(firstPlace),
      many: async (db, ids) => new Map((await placesOfIds(db, { ids })).map((row) => [row.queue_id, placeOf(row)])),
    }),
    async settled(db, row) {
      const [match] = row.match_id === null ? [] : await matchOfId(db, { id: row.match_id });
      return { entry: entryOf(row, null), match: match === undefined ? null : matchOf(match) };
    },
  };
}

function firstPlace([row]: readonly PlaceRow[]): Place | null {
  return row === undefined ? null : placeOf(row);
}

function placeOf(row: PlaceRow): Place {
  const {
    queue_id,
    connect_code,
    fighter_name,
    wallet,
    agent_id,
    entry_status: status,
    entry_match_id: match_id,
  } = row;
  return {
    entry: entryOf({ queue_id, connect_code, fighter_name, wallet, agent_id, status, match_id }, null),
    match: row.match_id === null ? null : matchOf(row as MatchRow),
  };
}
