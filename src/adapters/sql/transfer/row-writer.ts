import { sql } from "kysely";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { DialectName } from "../dialect.ts";
import type { Db } from "../store.ts";
import { columnsOf, isNumbered, readBack, type Column } from "./columns.ts";
import { CannotMove, type Counts, type TableLine } from "./format.ts";
import type { Line } from "./lines.ts";
import { continueAfter } from "./numbering.ts";
import { sumColumns, writeSums } from "./sums.ts";
import { movedTables, SUMS } from "./tables.ts";

/** What one INSERT carries at most; both databases take more. */
const MAX_VALUES = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** The table whose rows are being read. */
interface Current {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly lastId: number | null;
  readonly overriding: boolean;
}

/** Writes rows into the database, many at a time. */
export class RowWriter {
  readonly #db: Db;
  readonly #dialect: DialectName;
  readonly #counts: Record<string, number> = {};
  #current: Current | null = null;
  #rows: unknown[][] = [];
  #bytes = 0;
  #firstLine = 0;
  #lastLine = 0;

  constructor(db: Db, dialect: DialectName) {
    this.#db = db;
    this.#dialect = dialect;
  }

  /** What follows are rows of this table. @throws {CannotMove} */
  async table({ table: name, columns: names, last_id: lastId }: TableLine, { number }: Line): Promise<void> {
    await this.#endTable();
    const isKnown = name === SUMS || movedTables.some((one) => one.name === name);
    if (!isKnown) throw new CannotMove(`Line ${number} names a table that this version does not know: ${name}.`);
    const isSecond = name in this.#counts || this.#current?.name === name;
    if (isSecond) throw new CannotMove(`Line ${number} names the table ${name} a second time.`);
    const there = await this.#columns(name);
    const columns = names.map((column) => {
      const found = there.find((one) => one.name === column);
      if (found === undefined) throw new CannotMove(`Line ${number}: ${name} has no column ${column}.`);
      return found;
    });
    const missing = there.find((column) => !names.includes(column.name));
    if (missing !== undefined || new Set(names).size !== names.length) {
      throw new CannotMove(`Line ${number}: ${name} lacks the column ${missing?.name ?? "that is named twice"}.`);
    }
    this.#current = { name, columns, lastId, overriding: this.#dialect === "postgres" && isNumbered(columns) };
    if (name !== SUMS) this.#counts[name] = 0;
  }

  /** A row of the table named last. @throws {CannotMove} */
  async row(values: readonly unknown[], { number, bytes }: Line): Promise<void> {
    const current = this.#current;
    if (current === null) throw new CannotMove(`Line ${number} is a row, but no table was named.`);
    const { name, columns } = current;
    if (values.length !== columns.length) {
      throw new CannotMove(`Line ${number} has ${values.length} values, but ${name} has ${columns.length} columns.`);
    }
    const read = columns.map(({ name: column, kind }, at) => {
      try {
        return readBack(values[at], kind);
      } catch (error) {
        throw new CannotMove(`Line ${number}: ${name}.${column} ${(error as Error).message}.`);
      }
    });
    if (this.#rows.length === 0) this.#firstLine = number;
    this.#lastLine = number;
    this.#rows.push(read);
    this.#bytes += bytes.length;
    const isFull = (this.#rows.length + 1) * columns.length > MAX_VALUES || this.#bytes > MAX_BYTES;
    if (isFull) await this.#flush();
  }

  /** Nothing follows. Says how many rows of each table the database holds. @throws {CannotMove} */
  async done(): Promise<Counts> {
    await this.#endTable();
    for (const [name, count] of Object.entries(this.#counts)) {
      const asked = sql<{ there: number }>`SELECT COUNT(*) AS there FROM ${sql.table(name)}`;
      const { rows } = await asked.execute(this.#db);
      if (rows[0]!.there !== count)
        throw new CannotMove(`Of ${count} rows of ${name}, ${rows[0]!.there} have arrived.`);
    }
    return this.#counts;
  }

  async #columns(name: string): Promise<readonly Column[]> {
    if (name !== SUMS) return columnsOf(this.#db, this.#dialect, name);
    const names = await sumColumns(this.#db, this.#dialect);
    return names.map((column) => ({ name: column, kind: "integer" }));
  }

  async #endTable(): Promise<void> {
    await this.#flush();
    const current = this.#current;
    this.#current = null;
    if (current === null || current.lastId === null) return;
    await continueAfter(this.#db, this.#dialect, current.name, current.lastId);
  }

  async #flush(): Promise<void> {
    const current = this.#current;
    const rows = this.#rows;
    if (current === null || rows.length === 0) return;
    [this.#rows, this.#bytes] = [[], 0];
    try {
      await this.#write(current, rows);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const which =
        this.#firstLine === this.#lastLine
          ? `Line ${this.#firstLine}`
          : `One of the lines ${this.#firstLine} to ${this.#lastLine}`;
      throw new CannotMove(`${which} does not fit into ${current.name}: ${(error as Error).message}.`);
    }
    if (current.name !== SUMS) this.#counts[current.name] = this.#counts[current.name]! + rows.length;
  }

  async #write({ name, columns, overriding }: Current, rows: readonly (readonly unknown[])[]): Promise<void> {
    const names = columns.map((column) => column.name);
    if (name === SUMS) return writeSums(this.#db, names, rows[0] as readonly number[]);
    const values = rows.map((row) => sql`(${sql.join(row)})`);
    await sql`INSERT INTO ${sql.table(name)} (${sql.join(names.map((one) => sql.ref(one)))})
      ${overriding ? sql`OVERRIDING SYSTEM VALUE` : sql``} VALUES ${sql.join(values)}`.execute(this.#db);
  }
}
