/** Steps of one kind that run at once: enough to keep a store busy, few enough to leave room for others. */
const AT_ONCE = 64;

/** Does something with each of many, a bounded number at a time; the results in their order. */
export async function atOnce<T, Result>(all: readonly T[], step: (one: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(step))));
  }
  return results;
}
