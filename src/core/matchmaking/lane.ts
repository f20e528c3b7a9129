/** Something to do; a promise means that it is done later. */
export type Task = () => void | Promise<void>;

/** What many lanes have in common. */
export interface LaneRules {
  /** How many tasks may wait in one lane before offers are refused. */
  readonly limit: number;
  /** Hears the error of a task; the tasks behind it run all the same. */
  readonly failed: (error: unknown) => void;
}

/**
 * Does one task after another, in the order they came, so that none sees another half done.
 *
 * A class to extend, because everybody who has joined has a lane: what a hundred thousand who wait keep in memory is
 * looked at by the garbage collector, object by object.
 */
export class Lane {
  readonly #rules: LaneRules;
  /** The tasks behind the one that runs; null while none runs, so that whoever only waits keeps no list. */
  #behind: Task[] | null = null;

  constructor(rules: LaneRules) {
    this.#rules = rules;
  }

  /** Whether an offer would be refused. */
  get isFull(): boolean {
    return this.#behind !== null && this.#behind.length >= this.#rules.limit;
  }

  /** Does the task: before this returns, if nothing else is running. */
  run(task: Task): void {
    if (this.#behind !== null) {
      this.#behind.push(task);
      return;
    }
    this.#behind = [task];
    this.#work();
  }

  /** The same, but refuses (false) when too many wait already. For tasks whose number a stranger chooses. */
  offer(task: Task): boolean {
    if (this.isFull) return false;
    this.run(task);
    return true;
  }

  /** Does the task as run does, and ends as it ends: whoever calls this hears of its error, and nobody else. */
  finish<T>(task: () => Promise<T>): Promise<T> {
    if (this.#behind !== null) return inTurn(this.#behind, task);
    this.#behind = [];
    const pending = task();
    const next = (): void => this.#work();
    pending.then(next, next);
    return pending;
  }

  /** Runs what waits until something takes its time, or nothing waits any more. */
  #work(): void {
    for (let task = this.#behind?.shift(); task !== undefined; task = this.#behind?.shift()) {
      const pending = this.#attempt(task);
      if (pending === undefined) continue;
      void pending.catch(this.#rules.failed).then(() => this.#work());
      return;
    }
    this.#behind = null;
  }

  #attempt(task: Task): Promise<void> | undefined {
    try {
      return task() ?? undefined;
    } catch (error) {
      this.#rules.failed(error);
      return undefined;
    }
  }
}

function inTurn<T>(tasks: Task[], task: () => Promise<T>): Promise<T> {
  return new Promise((done, refuse) => void tasks.push(() => task().then(done, refuse)));
}
