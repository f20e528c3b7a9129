import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";

interface Waiting<Job, Result> {
  readonly job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Does jobs in transactions that are shared by all who have come when one begins: where transactions wait for each other
 * anyway, and one may begin while the one before waits for the disk. (Where others wait for a lock meanwhile, in-batches.)
 *
 * `run` begins a transaction, in which it asks for the jobs and answers them in their order, all of them or none; it may
 * ask again if the transaction has to be repeated. If it throws anything but StoreUnavailable, each job is done by itself,
 * so that what is wrong with one concerns nobody else. What comes back throws StoreOverloaded when `mostWaiting` wait.
 */
export function gathered<Job, Result>(
  { largest, mostWaiting }: { readonly largest: number; readonly mostWaiting: number },
  run: (jobs: () => readonly Job[]) => Promise<readonly Result[]>,
): (job: Job) => Promise<Result> {
  const waiting: Waiting<Job, Result>[] = [];
  let isAsked = false;

  const settle = async (take: () => readonly Waiting<Job, Result>[]): Promise<void> => {
    try {
      const results = await run(() => take().map(jobOf));
      const taken = take();
      for (let at = 0; at < taken.length; at++) taken[at]!.resolve(results[at]!);
    } catch (error) {
      const taken = take();
      if (taken.length > 1 && !(error instanceof StoreUnavailable)) {
        await Promise.all(taken.map((one) => settle(() => [one])));
      } else for (const { reject } of taken) reject(error);
    }
  };

  /** Asks for a transaction, unless one is asked for that has not begun. */
  const ask = (): void => {
    if (isAsked || waiting.length === 0) return;
    isAsked = true;
    let taken: readonly Waiting<Job, Result>[] | null = null;
    void settle(() => {
      if (taken === null) {
        taken = waiting.splice(0, largest);
        isAsked = false;
        ask();
      }
      return taken;
    });
  };

  return (job) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= mostWaiting) return reject(new StoreOverloaded("too many wait for their turn"));
      waiting.push({ job, resolve, reject });
      ask();
    });
}

function jobOf<Job>({ job }: { readonly job: Job }): Job {
  return job;
}
