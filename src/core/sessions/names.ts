import { isStorable } from "../text/storable.ts";

/** The longest id there is, in characters (code points, as the schemas count them). */
export const MAX_NAME = 256;

/** True for a text that can be an id at all. */
export function isName(text: string): boolean {
  return text !== "" && !isLong(text) && isStorable(text);
}

/** A name from outside, fit for a sentence: cut if it is longer than any id. */
export function say(name: string): string {
  return isLong(name) ? `${Array.from(name).slice(0, MAX_NAME).join("")}…` : name;
}

function isLong(text: string): boolean {
  // A character is one or two units, so that most texts need no counting.
  return text.length > MAX_NAME && (text.length > 2 * MAX_NAME || Array.from(text).length > MAX_NAME);
}
