import fc from "fast-check";

/** Up to `most` of what `one` makes, the same for the same seed. */
export function batchOf<T>(one: fc.Arbitrary<T>, most: number, seed: number): readonly T[] {
  const batch = fc.array(one, { minLength: 1, maxLength: most, size: "max" });
  // Edges are asked for by name (hostile.ts); short lists only would be a waste of batches.
  return fc.sample(batch, { seed, numRuns: 1, unbiased: true })[0]!;
}

/**
 * The least part of a batch that still fails, as far as it is found until `isLate`: halves are left out first, then less
 * and less. What it takes may lie in the server's state, so that nothing smaller fails.
 */
export async function leastOf<T>(
  batch: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  isLate: () => boolean,
): Promise<readonly T[]> {
  let least = batch;
  for (let size = Math.ceil(batch.length / 2); size >= 1 && !isLate(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < least.length && least.length > 1 && !isLate();) {
      const rest = [...least.slice(0, at), ...least.slice(at + size)];
      if (rest.length > 0 && (await fails(rest))) least = rest;
      else at += size;
    }
  }
  return least;
}
