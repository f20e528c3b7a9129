/** A part of a list. */
export interface Page {
  /** At most this many. */
  readonly limit: number;
  /** After skipping this many. */
  readonly offset: number;
}
