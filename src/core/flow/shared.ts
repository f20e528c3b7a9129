/**
 * Runs a step once at a time. Who asks while it runs shares the next run with all others that do: it is begun after they
 * asked, so that nobody gets what is older than the question.
 */
export function shared<Result>(step: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> | null = null;
  let next: Promise<Result> | null = null;

  const begin = (): Promise<Result> => {
    const made = step();
    const ended = made.then(
      () => undefined,
      () => undefined,
    );
    running = ended;
    void ended.then(() => {
      if (running === ended) running = null;
    });
    return made;
  };

  return () => {
    if (running === null) return begin();
    next ??= running.then(() => {
      next = null;
      return begin();
    });
    return next;
  };
}
