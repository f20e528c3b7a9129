export type DialectName = "sqlite" | "postgres";

/** Words that the two databases say differently, for migrations. */
export interface Dialect {
  readonly name: DialectName;
  /** The type of a row number: given once, never again. */
  readonly rowNumber: string;
  /** The type of texts: compared byte by byte, so that both databases sort alike. */
  readonly text: string;
  readonly bytes: string;
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  sqlite: { name: "sqlite", rowNumber: "INTEGER PRIMARY KEY AUTOINCREMENT", text: "TEXT", bytes: "BLOB" },
  postgres: {
    name: "postgres",
    rowNumber: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    text: 'TEXT COLLATE "C"',
    bytes: "BYTEA",
  },
};
