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
  return new TaskLane(limit, failed);
}

/**
 * A class, because everybody who has joined has a lane: functions made anew for each would be most of what a hundred
 * thousand who wait keep in memory, and the garbage collector looks at all of it.
 */
class TaskLane implements Lane {
  readonly #limit: number;
  readonly #failed: (error: unknown) => void;
  /** Null until the first task that has to wait. */
  #waiting: Task[] | null = null;
  #busy = false;

  constructor(limit: number, failed: (error: unknown) => void) {
    this.#limit = limit;
    this.#failed = failed;
  }

  run(task: Task): void {
    if (this.#busy) {
      (this.#waiting ??= []).push(task);
      return;
    }
    this.#begin(task);
    if (!this.#busy) this.#work();
  }

  offer(task: Task): boolean {
    if (this.#waiting !== null && this.#waiting.length >= this.#limit) return false;
    this.run(task);
    return true;
  }

  /** Runs what waits until something takes its time. */
  #work(): void {
    while (!this.#busy) {
      const task = this.#waiting?.shift();
      if (task === undefined) return;
      this.#begin(task);
    }
  }

  /** Runs a task; while it goes on, the lane is busy. */
  #begin(task: Task): void {
    this.#busy = true;
    const pending = this.#attempt(task);
    if (pending === undefined) this.#busy = false;
    else void this.#finish(pending);
  }

  #attempt(task: Task): Promise<void> | undefined {
    try {
      return task() ?? undefined;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  async #finish(pending: Promise<void>): Promise<void> {
    await pending.catch(this.#failed);
    this.#busy = false;
    this.#work();
  }
}
