import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { oneAtATime } from "./one-at-a-time.ts";

export interface BatchBounds {
  /** The most jobs that are done together. */
  readonly largest: number;
  /** How many jobs may wait for their turn. */
  readonly mostWaiting: number;
}

export interface Batches<Job, Result> {
  /**
   * Does the job in the next batch. Throws StoreOverloaded when as many wait as may; StoreUnavailable when the batch, or
   * the one before it, found the store away.
   */
  add(job: Job): Promise<Result>;
  /** Does something else of this process when no batch runs. */
  between<Other>(work: () => Promise<Other>): Promise<Other>;
}

interface Waiting<Job, Result> {
  readonly job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Does jobs that need the same lock in batches, one after the other: what arrives while a batch runs makes up the next.
 * The more wait, the more share one wait for the lock and the disk, so that load makes batches larger rather than
 * the wait longer than clients have patience for.
 *
 * `run` answers the jobs of one batch in their order, all of them or none. If it throws anything but StoreUnavailable,
 * each job is done by itself, so that what is wrong with one concerns nobody else.
 */
export function inBatches<Job, Result>(
  { largest, mostWaiting }: BatchBounds,
  run: (jobs: readonly Job[]) => Promise<readonly Result[]>,
): Batches<Job, Result> {
  const inTurn = oneAtATime(mostWaiting);
  const waiting: Waiting<Job, Result>[] = [];
  let isAsked = false;

  /** Asks for a turn, unless one is asked for: it takes along whoever waits when it comes. */
  const ask = (): void => {
    if (isAsked || waiting.length === 0) return;
    isAsked = true;
    inTurn(() => {
      isAsked = false;
      const batch = waiting.splice(0, largest);
      ask();
      return settle(batch);
    }).catch((error: unknown) => {
      isAsked = false;
      rejectAll(waiting.splice(0), error);
    });
  };

  /** Throws StoreUnavailable only, once every job has its answer. */
  const settle = async (batch: readonly Waiting<Job, Result>[]): Promise<void> => {
    if (batch.length === 0) return;
    try {
      const results = await run(batch.map(({ job }) => job));
      for (const [at, { resolve }] of batch.entries()) resolve(results[at]!);
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        rejectAll(batch, error);
        throw error;
      }
      if (batch.length === 1) return rejectAll(batch, error);
      for (const [at, one] of batch.entries()) {
        await settle([one]).catch((away: unknown) => {
          rejectAll(batch.slice(at), away);
          throw away;
        });
      }
    }
  };

  return {
    add: (job) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= mostWaiting) return reject(new StoreOverloaded("too many wait for their turn"));
        waiting.push({ job, resolve, reject });
        ask();
      }),
    between: inTurn,
  };
}

function rejectAll(jobs: readonly { reject(error: unknown): void }[], error: unknown): void {
  for (const { reject } of jobs) reject(error);
}
