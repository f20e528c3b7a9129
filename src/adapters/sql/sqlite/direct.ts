import { Kysely, SqliteDialect, type CompiledQuery, type QueryResult } from "kysely";
import type { Tables } from "../tables.ts";
import type { Connection } from "./database.ts";

/**
 * The query layer over one connection. A query that is compiled already goes straight to the connection: it answers at
 * once, so there is nothing to be waited for, and no turn to be taken.
 */
export class DirectDb extends Kysely<Tables> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super({ dialect: new SqliteDialect({ database: connection }) });
    this.#connection = connection;
  }

  override async executeQuery<Row>(
    query: CompiledQuery<Row> | { compile(): CompiledQuery<Row> },
  ): Promise<QueryResult<Row>> {
    const { sql, parameters } = "compile" in query ? query.compile() : query;
    const statement = this.#connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }
}
