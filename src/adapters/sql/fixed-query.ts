import type { Compilable, CompiledQuery, QueryResult } from "kysely";
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
  let known: Known<Values> | null = null;
  // Whoever looks into queries as they are built sees each with its own values.
  const runAsBuilt = async (db: Db, values: Values): Promise<readonly Row[]> =>
    rowsOf(await db.executeQuery(build(db, (name) => values[name]).compile() as CompiledQuery<Row>));
  const runFirst = async (db: Db, values: Values): Promise<readonly Row[]> => {
    // What stands in the slots is never looked at while the query is built.
    known = knownOf(build(db, (name) => new Slot(name) as Values[typeof name]).compile());
    return run(known, db, values);
  };
  // Not async: what comes all the time does without what that takes.
  const run = ({ compiled: { query, queryId, sql, parameters }, places }: Known<Values>, db: Db, values: Values) => {
    const filled = [...parameters];
    for (const { at, name } of places) filled[at] = values[name];
    return db.executeQuery<Row>({ query, queryId, sql, parameters: filled }).then(rowsOf);
  };
  return (db, values) => {
    if (db.getExecutor().plugins.length > 0) return runAsBuilt(db, values);
    return known === null ? runFirst(db, values) : run(known, db, values);
  };
}

/** A query that is built, and where which value belongs among its parameters. */
interface Known<Values> {
  readonly compiled: CompiledQuery;
  readonly places: readonly { readonly at: number; readonly name: keyof Values }[];
}

function knownOf<Values>(compiled: CompiledQuery): Known<Values> {
  const places = compiled.parameters.flatMap((one, at) =>
    one instanceof Slot ? { at, name: one.name as keyof Values } : [],
  );
  return { compiled, places };
}

function rowsOf<Row>({ rows }: QueryResult<Row>): readonly Row[] {
  return rows;
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
