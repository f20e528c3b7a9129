const [FIRST_MS, LONGEST_MS] = [250, 10_000];

/**
 * How long to wait before the next attempt, in ms: any part of a bound that doubles ("full jitter"), so that those who
 * were cut off together do not come back together.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}

/** Resolves after so many ms. Rejects with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((go, stop) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is whatever the caller chose
      stop(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      go();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
