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
    // Whoever looks into queries as they are built sees each with its own values.
    if (db.getExecutor().plugins.length > 0) {
      const { rows } = await db.executeQuery(build(db, (name) => values[name]).compile());
      return rows as readonly Row[];
    }
    // What stands in the slots is never looked at while the query is built.
    known ??= build(db, (name) => new Slot(name) as Values[typeof name]).compile();
    const parameters = known.parameters.map((one) => (one instanceof Slot ? values[one.name as keyof Values] : one));
    const { rows } = await db.executeQuery({ ...known, parameters });
    return rows as readonly Row[];
  };
}

/**
 * The same for a query that has some of its conditions only where there is a value for them: one fixed query for each
 * combination, by which of `optional` are given.
 */
export function filteredQuery<Values extends object, Row>(
  optional: readonly (keyof Values & string)[],
  build: (
    db: Db,
    value: <Name extends keyof Values & string>(name: Name) => NonNullable<Values[Name]>,
    has: (name: keyof Values & string) => boolean,
  ) => Compilable,
): FixedQuery<Values, Row> {
  const known = new Map<string, FixedQuery<Values, Row>>();
  return (db, values) => {
    const given = optional.filter((name) => values[name] !== undefined);
    const shape = given.join();
    let query = known.get(shape);
    if (query === undefined) {
      query = fixedQuery<Values, Row>((on, value) => build(on, value as never, (name) => given.includes(name)));
      known.set(shape, query);
    }
    return query(db, values);
  };
}

/** Columns that are written with the values of their names. */
export function slots<Values extends object, Name extends keyof Values & string>(
  value: <Of extends keyof Values & string>(name: Of) => Values[Of],
  names: readonly Name[],
): Pick<Values, Name> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Pick<Values, Name>;
}
