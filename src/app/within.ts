import type { Clock } from "../ports/clock.ts";

/** What `asked` comes to, or `otherwise` if that takes longer than `ms`; then nobody hears how it ends. */
export async function within<Result>(
  clock: Clock,
  ms: number,
  asked: Promise<Result>,
  otherwise: () => Result,
): Promise<Result> {
  const { promise: isLate, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve);
  try {
    return await Promise.race([asked, isLate.then(otherwise)]);
  } finally {
    timer.cancel();
  }
}
