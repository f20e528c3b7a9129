import fc from "fast-check";

/** A list of what `one` makes, `least` to `most` of them, which shrinks to the fewest that still fail. */
export function batchOf<T>(one: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: 1, maxLength: most, size: "max" });
}

/** Runs a batch of its own for this seed. What is thrown is thrown again, with the smallest batch that still does it. */
export async function tryBatch<T>(seed: number, batch: fc.Arbitrary<T>, run: (value: T) => Promise<void>) {
  const outcome = await fc.check(fc.asyncProperty(batch, run), {
    seed,
    numRuns: 1,
    // Edges are asked for by name (hostile.ts); short lists only would be a waste of batches.
    unbiased: true,
  });
  return outcome.failed ? { smallest: outcome.counterexample?.[0] ?? null, error: outcome.errorInstance } : null;
}
