/** Something to do; a promise means that it is done later. */
export type Task = () => void | Promise<void>;

/** Does one task after another, in the order they came, so that none sees another half done. */
export interface Lane {
  /** Does the task: before this returns, if nothing else is running. */
  run(task: Task): void;
  /** The same, but refuses (false) when too many wait already. For tasks whose number a stranger chooses. */
  offer(task: Task): boolean;
}

/** @param failed hears the error of a task; the tasks behind it run all the same. */
export function createLane(limit: number, failed: (error: unknown) => void): Lane {
  const waiting: Task[] = [];
  let busy = false;

  const finish = async (pending: Promise<void>): Promise<void> => {
    await pending.catch(failed);
    busy = false;
    work();
  };

  const work = (): void => {
    while (!busy && waiting.length > 0) {
      busy = true;
      const pending = attempt(waiting.shift()!);
      if (pending === undefined) busy = false;
      else void finish(pending);
    }
  };

  const attempt = (task: Task): Promise<void> | undefined => {
    try {
      return task() ?? undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  };

  const run = (task: Task): void => {
    waiting.push(task);
    work();
  };

  return {
    run,
    offer(task) {
      if (waiting.length >= limit) return false;
      run(task);
      return true;
    },
  };
}
