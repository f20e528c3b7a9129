/**
 * Times of answers, each from when the question was due and not from when it was sent: one that had to wait because the
 * one before it was late counts its wait, too.
 */
export interface Latencies {
  /** `milliseconds` since it was due. */
  add(milliseconds: number): void;
  /** The time that this part of them kept within, in ms. `share`: 0.99 for p99. */
  at(share: number): number;
  count(): number;
}

export function createLatencies(): Latencies {
  const times: number[] = [];
  return {
    add: (milliseconds) => void times.push(milliseconds),
    at(share) {
      if (times.length === 0) return Number.NaN;
      times.sort((a, b) => a - b);
      return times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]!;
    },
    count: () => times.length,
  };
}

/**
 * Calls `send` at a steady rate for some seconds, whatever becomes of what was sent, and passes the moment each was due.
 * Resolves once the last was sent.
 */
export async function atRate(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  send: (dueAt: number) => void,
): Promise<void> {
  const began = performance.now();
  const step = 1_000 / perSecond;
  const total = Math.round(perSecond * seconds);
  for (let sent = 0; sent < total;) {
    const now = performance.now();
    for (; sent < total && began + sent * step <= now; sent++) send(began + sent * step);
    const wait = began + sent * step - performance.now();
    await new Promise((next) => setTimeout(next, Math.max(0, wait - 1)));
  }
}
