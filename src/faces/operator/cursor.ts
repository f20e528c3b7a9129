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
  throw leadsNowhere();
}

/** A place within a source that is a number. Cursors can be made by hand. @throws {DomainError} object_not_found */
export function readNumber(place: string): number {
  if (!/^\d{1,15}$/.test(place)) throw leadsNowhere();
  return Number(place);
}

/** What is said of a cursor that nobody was given, or whose source is there no more. */
export function leadsNowhere(): DomainError {
  return new DomainError("object_not_found", "This cursor leads nowhere: begin anew.");
}
