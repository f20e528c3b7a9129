import type { Urgency } from "./urgency.ts";

/** Goes to the end of what is ready to be handled, and calls back once everything before it has been. */
export interface Sentinel {
  /** False if there is no way to go at the moment; `returned` is not called then. */
  send(returned: () => void): boolean;
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
  /** Processor time that this process has used, in ms. Costs some microseconds, so it is asked only while work is late. */
  used(): number;
}

/** How often the wait is measured while there is work, in ms: while it is short, and when it has begun to be felt. */
const EACH_MS = { calm: 10, wary: 2 };

/** The part of the shortest wait at which anything is refused up to which a wait is short. */
const CALM = 0.25;

/** What was measured longer ago says nothing of now, in ms. */
const STALE_MS = 50;

/** A sentinel that is under way for longer than this, and than twice the longest wait, does not come back. In ms. */
const LOST_MS = 5_000;

/** A burst is not refused: only what stands for longer than this is overload, in ms. */
const PATIENCE_MS = 250;

/** After an overload its return is recognised at once for this long, in ms. */
const WARY_MS = 1_000;

/**
 * A process that is late although it had less than this part of the time has too little of the machine, not too much to
 * do: what it refuses then would not make the rest any earlier.
 */
const BUSY = 0.5;

/** How often that is looked at while work is refused, in ms. */
const LOOK_MS = 100;

/** The part of the longest wait at which each kind of work is refused: one in a hundred waits more than twice as long as most. */
const SHARES: Record<Exclude<Urgency, "probe">, number> = { new: 0.3, usual: 0.4, finish: 0.5 };

/**
 * Measures the wait itself rather than what might cause it: while requests come, a sentinel goes round the event loop
 * with them, behind all that the system has handed over by then. The longest stretch in which nothing at all was begun
 * is left out of its time. A collection of garbage, a slow disk or a busy machine is no queue, and refusing work would
 * not make it shorter.
 *
 * As CoDel does (RFC 8289), it refuses only once the wait has stood for a while, so that short bursts are served.
 */
export function createOverload({ sentinel, maxDelayMs, now: clock, used }: OverloadOptions): Overload {
  /** When the sentinel was sent; 0: it is back. */
  let sentAt = 0;
  let returnedAt = -Infinity;
  let measured = 0;
  let beganAt = 0;
  let longestStall = 0;
  /** Since when the wait has been too long; 0: it is not. */
  let lateSince = 0;
  /** When, since then, it was looked how busy this process is, and what it had used by then. */
  let lookedAt = 0;
  let usedThen = 0;
  let shedAt = -Infinity;
  /** Nothing has to be looked at before: the wait is short, and was measured just now. */
  let calmUntil = -Infinity;
  const lostMs = Math.max(LOST_MS, 2 * maxDelayMs);
  const least = maxDelayMs * Math.min(...Object.values(SHARES));
  const isCalm = (now: number): boolean => measured < least * CALM && now - shedAt > WARY_MS;
  const eachMs = (now: number): number => (isCalm(now) ? EACH_MS.calm : EACH_MS.wary);

  const note = (now: number): void => {
    if (now - beganAt > longestStall) longestStall = now - beganAt;
    beganAt = now;
  };
  const late = (since: number): void => {
    lateSince = since;
    lookedAt = since;
    usedThen = used();
  };
  /** False if others had the machine meanwhile. */
  const isBusy = (now: number): boolean => {
    const passed = now - lookedAt;
    if (passed < LOOK_MS) return true;
    const usedNow = used();
    const share = (usedNow - usedThen) / passed;
    [lookedAt, usedThen] = [now, usedNow];
    return share >= BUSY;
  };
  const returned = (): void => {
    // One that was given up, and comes all the same.
    if (sentAt === 0) return;
    const now = clock();
    note(now);
    measured = now - sentAt - longestStall;
    sentAt = 0;
    returnedAt = now;
    if (isCalm(now)) calmUntil = now + EACH_MS.calm;
    if (measured < least) lateSince = 0;
    else if (lateSince === 0) late(now);
  };
  const send = (now: number): void => {
    if (now - returnedAt >= STALE_MS) lateSince = 0;
    sentAt = now;
    beganAt = now;
    longestStall = 0;
    if (sentinel.send(returned)) return;
    // Nothing is known, and so nothing refused, until it is tried again.
    [sentAt, measured, lateSince, returnedAt] = [0, 0, 0, now + LOST_MS];
  };
  const behind = (now: number): number => {
    const known = now - returnedAt < STALE_MS ? measured : 0;
    return sentAt === 0 ? known : Math.max(known, now - sentAt - longestStall);
  };

  return {
    sheds(urgency, now) {
      if (now < calmUntil || urgency === "probe") return false;
      if (sentAt !== 0 && now - sentAt < lostMs) note(now);
      else if (now - returnedAt >= eachMs(now)) send(now);
      const wait = behind(now);
      if (wait < maxDelayMs * SHARES[urgency]) return false;
      if (lateSince === 0) late(now);
      if (now - lateSince < PATIENCE_MS && now - shedAt > WARY_MS) return false;
      if (!isBusy(now)) {
        late(now);
        shedAt = -Infinity;
        return false;
      }
      shedAt = now;
      return true;
    },
    behindMs: () => behind(clock()),
  };
}
