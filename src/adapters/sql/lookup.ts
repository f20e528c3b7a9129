import { sql } from "kysely";
import { inBatches } from "./in-batches.ts";
import type { Db, Store } from "./store.ts";

/** How many share a question, and how many may wait for one. */
const BOUNDS = { largest: 256, mostWaiting: 8_192 };

export interface LookupQueries<Found> {
  one(db: Db, key: string): Promise<Found | null>;
  /** What is not there is left out. */
  many(db: Db, keys: readonly string[]): Promise<ReadonlyMap<string, Found>>;
}

/**
 * Finds what has a key, for many who ask each for one. Where that takes a round trip, those who come while one is under
 * way share the next one: a server is asked as often as it can answer, not as often as somebody wants to know. If one finds
 * it away, those who wait for the next are told at once as well.
 */
export function lookup<Found>(
  store: Store,
  { one, many }: LookupQueries<Found>,
): (key: string) => Promise<Found | null> {
  if (store.dialect === "sqlite") return (key) => store.read((db) => one(db, key));
  const batches = inBatches(BOUNDS, (keys: readonly string[]) =>
    store.read(async (db): Promise<readonly (Found | null)[]> => {
      const found = await many(db, keys);
      return keys.map((key) => found.get(key) ?? null);
    }),
  );
  return (key) => batches.add(key);
}

/** One value for any number of keys, so that the text of a query is always the same. For PostgreSQL. */
export function anyOf(keys: readonly string[]) {
  return sql<string>`ANY(${keys}::text[])`;
}
