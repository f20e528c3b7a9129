import { DomainError } from "../../core/errors/errors.ts";
import { nameOf, type Source } from "./source.ts";

/** Where a list goes on: within which source, and behind what of it. */
export function writeCursor(source: Source, from: string | null): string {
  return Buffer.from(JSON.stringify([nameOf(source), from])).toString("base64url");
}

/** @throws {DomainError} object_not_found */
export function readCursor(cursor: string | undefined): readonly [string | null, string | null] {
  if (cursor === undefined) return [null, null];
  try {
    const [name, from] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as readonly unknown[];
    if (typeof name === "string" && (from === null || typeof from === "string")) return [name, from];
  } catch {
    // Said below.
  }
  throw new DomainError("object_not_found", "This cursor leads nowhere: begin anew.");
}
