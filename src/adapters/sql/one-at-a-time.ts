import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";

/**
 * Carries out work one after the other, in the order it came. Work that would only wait for a lock must not hold a
 * connection meanwhile that others need.
 *
 * When one finds the store away, those that wait fail with it: each would find out for itself, one long wait after
 * another. Throws StoreOverloaded when `mostWaiting` wait already.
 */
export function oneAtATime(mostWaiting: number) {
  const waiting: { begin(): void; fail(error: unknown): void }[] = [];
  let isBusy = false;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isBusy) {
      if (waiting.length >= mostWaiting) throw new StoreOverloaded("too many wait for their turn");
      await new Promise<void>((begin, fail) => void waiting.push({ begin, fail }));
    }
    isBusy = true;
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreUnavailable) for (const { fail } of waiting.splice(0)) fail(error);
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) isBusy = false;
      else next.begin();
    }
  };
}
