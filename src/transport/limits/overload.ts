import type { Urgency } from "./urgency.ts";

/** Goes to the end of what is ready to be handled, and calls back once everything before it has been. */
export interface Sentinel {
  send(returned: () => void): void;
  stop(): void;
}

/** Refuses work that would come too late, as long as there is more of it than can be done. */
export interface Overload {
  /** True if work that comes now should be refused. `now`: ms, of a clock that never goes back. */
  sheds(urgency: Urgency, now: number): boolean;
  /** How long what comes now has waited until it is handled, in ms, as last measured. */
  behindMs(): number;
}

export interface OverloadOptions {
  readonly sentinel: Sentinel;
  /** How long work may wait for its turn, in ms. */
  readonly maxDelayMs: number;
  now(): number;
}

/** How often the wait is measured while there is work, in ms. */
const EACH_MS = 2;

/** What was measured longer ago says nothing of now, in ms. */
const STALE_MS = 50;

/** A burst is not refused: only what stands for longer than this is overload, in ms. */
const PATIENCE_MS = 250;

/** After an overload its return is recognised at once for this long, in ms. */
const WARY_MS = 1_000;

/** At what wait each kind of work is refused, as a part of the longest. */
const SHARES: Record<Exclude<Urgency, "probe">, number> = { new: 0.4, usual: 0.55, finish: 0.7 };

/**
 * Measures the wait itself rather than what might cause it: while requests come, a sentinel goes round the event loop
 * with them, behind all that the system has handed over by then. The longest stretch in which nothing at all was begun
 * is left out of its time. A collection of garbage, a slow disk or a busy machine is no queue, and refusing work would
 * not make it shorter.
 *
 * As CoDel does (RFC 8289), it refuses only once the wait has stood for a while, so that short bursts are served.
 */
export function createOverload({ sentinel, maxDelayMs, now: clock }: OverloadOptions): Overload {
  /** When the sentinel was sent; 0: it is back. */
  let sentAt = 0;
  let returnedAt = -Infinity;
  let measured = 0;
  let beganAt = 0;
  let longestStall = 0;
  /** Since when the wait has been too long; 0: it is not. */
  let lateSince = 0;
  let shedAt = -Infinity;
  const least = maxDelayMs * Math.min(...Object.values(SHARES));

  const note = (now: number): void => {
    if (now - beganAt > longestStall) longestStall = now - beganAt;
    beganAt = now;
  };
  const returned = (): void => {
    const now = clock();
    note(now);
    measured = now - sentAt - longestStall;
    sentAt = 0;
    returnedAt = now;
    if (measured < least) lateSince = 0;
    else if (lateSince === 0) lateSince = now;
  };
  const behind = (now: number): number => {
    const known = now - returnedAt < STALE_MS ? measured : 0;
    return sentAt === 0 ? known : Math.max(known, now - sentAt - longestStall);
  };

  return {
    sheds(urgency, now) {
      if (urgency === "probe") return false;
      if (sentAt !== 0) note(now);
      else if (now - returnedAt >= EACH_MS) {
        if (now - returnedAt >= STALE_MS) lateSince = 0;
        sentAt = now;
        beganAt = now;
        longestStall = 0;
        sentinel.send(returned);
      }
      const wait = behind(now);
      if (wait < maxDelayMs * SHARES[urgency]) return false;
      if (lateSince === 0) lateSince = now;
      if (now - lateSince < PATIENCE_MS && now - shedAt > WARY_MS) return false;
      shedAt = now;
      return true;
    },
    behindMs: () => behind(clock()),
  };
}
