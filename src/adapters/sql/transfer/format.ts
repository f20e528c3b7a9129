/*
 * Records as lines of JSON, each ended by a line feed:
 *
 *   {"rendezvous":"records","format":1,"schema":8,"version":"0.1.0","made_at":"2026-01-01T00:00:00.000Z"}
 *   {"table":"hosts","columns":["id","host_id",…],"last_id":12}
 *   [1,"eu-1",…]                                            a row; bytes are base64
 *   …
 *   {"table":"tallies","columns":[…],"last_id":null}
 *   …
 *   {"end":true,"rows":{"hosts":3,…},"sha256":"…"}          of all bytes before this line
 */

/** What this version writes and reads. */
export const FORMAT = 1;

export interface Header {
  readonly rendezvous: "records";
  readonly format: number;
  /** The number of the newest migration that the database had. */
  readonly schema: number;
  /** The version of the program. */
  readonly version: string;
  readonly made_at: string;
}

export interface TableLine {
  readonly table: string;
  readonly columns: readonly string[];
  /** The highest number ever given to a row of it, some of which may be gone; null where rows have none. */
  readonly last_id: number | null;
}

export interface Trailer {
  readonly end: true;
  readonly rows: Counts;
  readonly sha256: string;
}

/** How many rows of each table. */
export type Counts = Readonly<Record<string, number>>;

/** Why records cannot be moved; the message is a complete sentence for people. */
export class CannotMove extends Error {
  override readonly name = "CannotMove";
}

export function isHeader(value: unknown): value is Header {
  const { rendezvous, format, schema, version } = asObject(value);
  return rendezvous === "records" && isCount(format) && isCount(schema) && schema > 0 && typeof version === "string";
}

export function isTableLine(value: unknown): value is TableLine {
  const { table, columns, last_id } = asObject(value);
  const isList = Array.isArray(columns) && columns.every((one) => typeof one === "string");
  return typeof table === "string" && isList && (last_id === null || isCount(last_id));
}

export function isTrailer(value: unknown): value is Trailer {
  const { end, rows, sha256 } = asObject(value);
  return end === true && typeof sha256 === "string" && Object.values(asObject(rows)).every(isCount);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
