import { sql } from "kysely";
import type { DialectName } from "../dialect.ts";
import type { Db } from "../store.ts";

/** What may stand in a column, whichever database it is in. NULL may stand in each; the database knows better. */
export type Kind = "integer" | "number" | "text" | "bytes";

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

const kinds: Readonly<Record<string, Kind>> = {
  integer: "integer",
  bigint: "integer",
  "double precision": "number",
  text: "text",
  blob: "bytes",
  bytea: "bytes",
};

/** The columns of a table that can be written, as the database itself says; empty if there is no such table. */
export async function columnsOf(db: Db, dialect: DialectName, table: string): Promise<readonly Column[]> {
  const asked =
    dialect === "sqlite"
      ? sql<{ name: string; type: string }>`SELECT name, type FROM pragma_table_xinfo(${table}) WHERE hidden = 0`
      : sql<{ name: string; type: string }>`SELECT column_name AS name, data_type AS type
          FROM information_schema.columns
          WHERE table_schema = current_schema() AND table_name = ${table} AND is_generated = 'NEVER'
          ORDER BY ordinal_position`;
  const { rows } = await asked.execute(db);
  return rows.map(({ name, type }) => {
    const kind = kinds[type.toLowerCase()];
    if (kind === undefined) throw new Error(`${table}.${name} is ${type}, which cannot be moved yet`);
    return { name, kind };
  });
}

/** True if the rows of a table are numbered, each number given once and never again. */
export function isNumbered(columns: readonly Column[]): boolean {
  return columns.some(({ name, kind }) => name === "id" && kind === "integer");
}

/** A value as it is written down. Throws an Error that completes "table.column". */
export function written(value: unknown, kind: Kind): unknown {
  if (value === null) return null;
  switch (kind) {
    case "integer":
      // Past this the driver has rounded it already.
      if (!Number.isSafeInteger(value)) throw new Error("holds an integer past 2^53");
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new Error("holds what is no number");
      return value;
    case "bytes":
      return Buffer.from(value as Uint8Array).toString("base64");
    case "text":
      return value;
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The reverse. Throws an Error that completes "table.column". */
export function readBack(value: unknown, kind: Kind): unknown {
  if (value === null) return null;
  switch (kind) {
    case "integer":
      if (!Number.isSafeInteger(value)) throw new Error("must be an integer");
      return value;
    case "number":
      if (typeof value !== "number") throw new Error("must be a number");
      return value;
    case "text":
      if (typeof value !== "string") throw new Error("must be a text");
      return value;
    case "bytes":
      if (typeof value !== "string" || !BASE64.test(value)) throw new Error("must be base64");
      return Buffer.from(value, "base64");
  }
}
