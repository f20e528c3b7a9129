import type { Clock } from "../ports/clock.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { Logger } from "./log.ts";

/** How often it is written that the store fails, in ms. */
const ONCE_IN_MS = 10_000;

/** Whether a store is there, as those who use it find out. */
export interface StoreWatch {
  /** Notes how one use of the store goes. */
  reading<Result>(running: Promise<Result>): Promise<Result>;
  writing<Result>(running: Promise<Result>): Promise<Result>;
  /** It cannot be used at all, for this reason. */
  failed(trouble: string, error: unknown): void;
  /** It can be used after all. */
  worked(): void;
  /** What is wrong right now, in words; null if nothing is known to be. */
  trouble(): string | null;
}

/**
 * Watches over a store. Reads and writes are told apart, because a full disk and a standby are read from as ever: what
 * can be read says nothing about what can be written, and one that can be written can be read.
 */
export function watchStore(options: {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
}): StoreWatch {
  const { name, clock, log } = options;
  /** What is wrong with all of it; whether writes fail; whether it was read since the last of those that did. */
  let [whole, isUnwritten, isReadSince]: [string | null, boolean, boolean] = [null, false, false];
  /** When a loss was written last, and whether its end has still to be. */
  let saidAt = Number.NEGATIVE_INFINITY;
  let isSaid = false;

  const trouble = (): string | null => {
    if (whole !== null || !isUnwritten) return whole;
    return isReadSince ? `${name} takes no writes` : `${name} cannot be reached`;
  };
  const say = (error: unknown): void => {
    // A store on the edge, such as a disk with room for small writes alone, comes and goes many times in a second.
    if (isSaid || clock.now() - saidAt < ONCE_IN_MS) return;
    [saidAt, isSaid] = [clock.now(), true];
    log.error({ err: error instanceof StoreUnavailable ? error.cause : error }, trouble()!);
  };
  const said = (): void => {
    if (!isSaid || trouble() !== null) return;
    isSaid = false;
    log.info(`${name} is back`);
  };
  const failed = (what: string, error: unknown): void => {
    whole = what;
    say(error);
  };
  const worked = (): void => {
    if (trouble() === null) return;
    [whole, isUnwritten] = [null, false];
    said();
  };
  const wasRead = (): void => {
    isReadSince = true;
    if (whole === null) return;
    whole = null;
    said();
  };
  const wasNotRead = (error: unknown): void => {
    if (error instanceof StoreUnavailable) failed(`${name} cannot be reached`, error);
  };
  const wasNotWritten = (error: unknown): void => {
    if (!(error instanceof StoreUnavailable)) return;
    [isUnwritten, isReadSince] = [true, false];
    say(error);
  };
  // Noted before whoever asked hears of it, who waits for nothing more.
  return {
    reading(running) {
      running.then(wasRead, wasNotRead);
      return running;
    },
    writing(running) {
      running.then(worked, wasNotWritten);
      return running;
    },
    failed,
    worked,
    trouble,
  };
}
