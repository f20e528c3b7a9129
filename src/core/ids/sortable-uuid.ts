import type { Random } from "../../ports/random.ts";

/** The time in ms comes round after 34 years, which costs nothing but the order. */
const TIME_BITS = 40;

const TIME_DIGITS = TIME_BITS / 4;

/**
 * An id for a row that many others follow within the second: of the form of a version 4 UUID (RFC 9562), but its first 40
 * bits are the time, so that what is written together stands together in each index. One that is random all through is
 * written somewhere else in every index, each time a page of its own: a group of joins wrote four times as long for it.
 * 82 bits are still left to chance, which is what keeps an id from being guessed.
 *
 * @param now in ms
 */
export function sortableUuid(random: Pick<Random, "uuid">, now: number): string {
  if (now !== latest.now) latest = { now, digits: digitsOf(now) };
  return latest.digits + random.uuid().slice(TIME_DIGITS + 1);
}

/** The time that was written last: many ids are made within a millisecond. */
let latest = { now: 0, digits: digitsOf(0) };

function digitsOf(now: number): string {
  const time = (now % 2 ** TIME_BITS).toString(16).padStart(TIME_DIGITS, "0");
  // The first group of a UUID has eight digits, and a dash is behind it.
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}
