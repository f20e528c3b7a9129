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

/** A class, so that a lane is one object: there are as many as members, and most of them are idle. */
class TaskLane implements Lane {
  readonly #limit: number;
  readonly #failed: (error: unknown) => void;
  readonly #waiting: Task[] = [];
  #isBusy = false;

  constructor(limit: number, failed: (error: unknown) => void) {
    this.#limit = limit;
    this.#failed = failed;
  }

  run(task: Task): void {
    this.#waiting.push(task);
    this.#work();
  }

  offer(task: Task): boolean {
    if (this.#waiting.length >= this.#limit) return false;
    this.run(task);
    return true;
  }

  #work(): void {
    while (!this.#isBusy && this.#waiting.length > 0) {
      this.#isBusy = true;
      const pending = this.#attempt(this.#waiting.shift()!);
      if (pending === undefined) this.#isBusy = false;
      else void this.#finish(pending);
    }
  }

  async #finish(pending: Promise<void>): Promise<void> {
    await pending.catch(this.#failed);
    this.#isBusy = false;
    this.#work();
  }

  #attempt(task: Task): Promise<void> | undefined {
    try {
      return task() ?? undefined;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }
}
