import { StoreUnavailable } from "../../ports/store-error.ts";

/** Runs a question, at once or in its turn. @throws {StoreUnavailable} if too many wait already */
export type InTurn = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

/**
 * Lets at most `atOnce` questions to a store run at a time; up to `maxWaiting` more wait for their turn, first come
 * first served. What thousands ask at once then waits here, rather than in the store's way, where it would be refused.
 */
export function createSlots(atOnce: number, maxWaiting: number): InTurn {
  /** A list with a head rather than an array: taking the first of 50,000 must cost nothing. */
  const waiting = new Set<() => void>();
  let running = 0;

  const handOn = (): void => {
    const next = waiting.values().next();
    if (next.done) running--;
    else {
      waiting.delete(next.value);
      next.value();
    }
  };

  return async (ask) => {
    if (running >= atOnce) {
      if (waiting.size >= maxWaiting) throw new StoreUnavailable(new Error(`${maxWaiting} questions wait`));
      // Whoever is done hands its place on.
      await new Promise<void>((go) => waiting.add(go));
    } else running++;
    try {
      return await ask();
    } finally {
      handOn();
    }
  };
}
