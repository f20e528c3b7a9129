import type { Clock, Timer } from "../ports/clock.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Logger } from "./log.ts";

/**
 * Kept free for the stores, files and answers: so many, but of a large limit a part, since more can come between looks; and
 * a larger one where nobody can look often.
 */
const LEAST_RESERVE = 32;
const PART = { often: 50, seldom: 20 };

/** What is often, in ms; and how often it is looked once no more than one of so many descriptors is free, if it can be. */
const OFTEN_MS = 100;
const NEAR = { part: 5, eachMs: 10 };

/** And of a small limit no more than this part. */
const MOST_PART = 4;

/** What takes new connections. */
export interface Doorway {
  /** Refuses them until `open`. */
  close(): void;
  /** @throws if it cannot listen */
  open(): void;
}

/**
 * Refuses new connections while the descriptors run out. The runtime goes on accepting until none is left, and then
 * does nothing but try: the connections it has would get no time, and the stores no descriptor to come back by.
 */
export function watchDescriptors(options: {
  readonly count: () => Descriptors | null;
  readonly doorway: Doorway;
  readonly clock: Clock;
  readonly log: Logger;
}): Timer {
  const { count, doorway, clock, log } = options;
  let isOpen = true;
  let hasFailed = false;
  let timer: Timer | null = null;

  /** How often to look, as last said. */
  let eachMs: number | null = null;

  const look = (): void => {
    const found = count();
    // Where nobody has ever counted nobody will; but a count that fails once must not leave the door as it is for good.
    eachMs = found === null ? eachMs : patience(found);
    if (eachMs === null) return;
    timer = clock.after(eachMs, look);
    if (found !== null) decide(found);
  };
  const decide = ({ open, limit, againMs }: Descriptors): void => {
    const part = againMs <= OFTEN_MS ? PART.often : PART.seldom;
    const reserve = Math.floor(Math.min(Math.max(LEAST_RESERVE, limit / part), limit / MOST_PART));
    if (isOpen && limit - open < reserve) {
      isOpen = false;
      log.error({ open, limit }, "descriptors run out: new connections are refused until some are free");
      doorway.close();
    } else if (!isOpen && limit - open >= 1.5 * reserve) {
      reopen();
    }
  };
  const reopen = (): void => {
    try {
      doorway.open();
    } catch (error) {
      if (!hasFailed) log.error({ err: error }, "cannot listen again yet");
      hasFailed = true;
      return;
    }
    [isOpen, hasFailed] = [true, false];
    log.info("new connections are taken again");
  };
  look();
  return { cancel: () => timer?.cancel() };
}

/** When to look again, in ms. */
function patience({ open, limit, againMs }: Descriptors): number {
  const isNear = limit - open < limit / NEAR.part;
  return isNear && againMs <= OFTEN_MS ? NEAR.eachMs : againMs;
}
