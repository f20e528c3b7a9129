/** Steps of one kind that run at once: enough to keep a store busy, few enough to leave room for others. */
const AT_ONCE = 64;

/**
 * Does something with each of many, at most `limit` at a time; the results in their order. Rejects with the first
 * failure, once what was under way has ended; the rest is not begun.
 */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  step: (item: Item) => Promise<Result>,
  limit = AT_ONCE,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const rest = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of rest) {
      if (failures.length > 0) return;
      try {
        results[at] = await step(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
