/** The longest that a timer takes, in ms. */
const MOST_MS = 2 ** 31 - 1;

/** Waits, 24 days at most; comes back early when the signal says that all is to end. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resume) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resume();
    };
    const timer = setTimeout(done, Math.min(ms, MOST_MS));
    signal?.addEventListener("abort", done);
  });
}

/** Resolves when the signal says that all is to end. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
