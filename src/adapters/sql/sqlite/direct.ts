import { Kysely, SqliteDialect, SqliteQueryCompiler, type CompiledQuery, type QueryResult } from "kysely";
import type { Tables } from "../tables.ts";
import type { Connection } from "./database.ts";

/**
 * Writes each parameter as `+?`, which is the same value. Where SQLite finds a bare one in a statement that sorts or stops
 * at a limit, it reckons with its value when it plans, and so plans anew each time one is bound: several times the work
 * of the statement itself.
 */
class SteadyCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return "+?";
  }
}

class SteadyDialect extends SqliteDialect {
  override createQueryCompiler(): SteadyCompiler {
    return new SteadyCompiler();
  }
}

/**
 * The query layer over one connection. A query that is compiled already goes straight to the connection: it answers at
 * once, so there is nothing to be waited for, and no turn to be taken.
 */
export class DirectDb extends Kysely<Tables> {
  readonly #connection: Connection;
  readonly #warm: Connection | null;

  /** `warm`: another connection, which answers what only selects, whenever it has no transaction open. */
  constructor(connection: Connection, warm: Connection | null = null) {
    super({ dialect: new SteadyDialect({ database: connection }) });
    this.#connection = connection;
    this.#warm = warm;
  }

  // Not async: there is nothing to wait for, and this is done for every statement.
  override executeQuery<Row>(query: CompiledQuery<Row> | { compile(): CompiledQuery<Row> }): Promise<QueryResult<Row>> {
    try {
      return Promise.resolve(this.#answer(query));
    } catch (error) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever was thrown, as async would
      return Promise.reject(error);
    }
  }

  #answer<Row>(query: CompiledQuery<Row> | { compile(): CompiledQuery<Row> }): QueryResult<Row> {
    const { sql, parameters, query: node } = "compile" in query ? query.compile() : query;
    const isForWarm = this.#warm?.isInTransaction === false && node.kind === "SelectQueryNode";
    const statement = isForWarm ? this.#warm.prepareRead(sql) : this.#connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }
}
