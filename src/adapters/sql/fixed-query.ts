import type { Compilable, CompiledQuery } from "kysely";
import type { Db } from "./store.ts";

/** Runs the query with these values. */
export type FixedQuery<Values, Row> = (db: Db, values: Values) => Promise<readonly Row[]>;

/** Stands for a value while the query is built. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query whose text is always the same: built once, by the first who runs it, and then only sent with other values. To
 * build and compile one takes several times as long as SQLite takes to answer it. `build` gets each value by its name,
 * and must hand it on as it is. Belongs to one store, whose dialect the text is in.
 */
export function fixedQuery<Values extends object, Row>(
  build: (db: Db, value: <Name extends keyof Values & string>(name: Name) => Values[Name]) => Compilable,
): FixedQuery<Values, Row> {
  let known: CompiledQuery | null = null;
  return async (db, values) => {
    // What stands in the slots is never looked at while the query is built.
    known ??= build(db, (name) => new Slot(name) as Values[typeof name]).compile();
    const parameters = known.parameters.map((one) => (one instanceof Slot ? values[one.name as keyof Values] : one));
    const { rows } = await db.executeQuery({ ...known, parameters });
    return rows as readonly Row[];
  };
}
