import { sql } from "kysely";
import type { Place } from "../../../ports/queue-records.ts";
import { fixedQuery, type FixedQuery } from "../fixed-query.ts";
import { lookup } from "../lookup.ts";
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

/** How entries of the queue stand, with their matches, as those who wait ask all the time. */
export function createPlaces(store: Store): Places {
  const entryOfId = fixedQuery<{ id: string }, QueueEntryRow>((db, value) =>
    db.selectFrom("queue_entries").selectAll().where("queue_id", "=", value("id")),
  );
  const entriesOfIds = fixedQuery<{ ids: readonly string[] }, QueueEntryRow>((db, value) =>
    db
      .selectFrom("queue_entries")
      .selectAll()
      .where("queue_id", "=", anyOf(value("ids"))),
  );
  const matchOfId = matchQuery();
  const matchesOfIds = fixedQuery<{ ids: readonly string[] }, MatchRow>((db, value) =>
    db
      .selectFrom("matches")
      .selectAll()
      .where("match_id", "=", anyOf(value("ids"))),
  );
  const settled = async (db: Db, row: QueueEntryRow): Promise<Place> => {
    const [match] = row.match_id === null ? [] : await matchOfId(db, { id: row.match_id });
    return placeOf(row, match);
  };
  const find = lookup<Place>(store, {
    async one(db, id) {
      const [row] = await entryOfId(db, { id });
      return row === undefined ? null : settled(db, row);
    },
    async many(db, ids) {
      const rows = await entriesOfIds(db, { ids });
      const matchIds = rows.flatMap(({ match_id: id }) => id ?? []);
      const found = matchIds.length === 0 ? [] : await matchesOfIds(db, { ids: matchIds });
      const matches = new Map(found.map((match) => [match.match_id, match]));
      return new Map(rows.map((row) => [row.queue_id, placeOf(row, matches.get(row.match_id ?? ""))]));
    },
  });
  return { find, settled };
}

function placeOf(row: QueueEntryRow, match: MatchRow | undefined): Place {
  return { entry: entryOf(row, null), match: match === undefined ? null : matchOf(match) };
}

/** One value for any number of ids, so that the text of a query is always the same. For PostgreSQL. */
function anyOf(ids: readonly string[]) {
  return sql<string>`ANY(${ids}::text[])`;
}
