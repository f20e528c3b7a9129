import type { Dialect } from "../dialect.ts";

/** One step of the schema, forward only. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  statements(dialect: Dialect): readonly string[];
}
