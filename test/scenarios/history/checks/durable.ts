import type { Check } from "../check.ts";
import { by } from "../windows.ts";

/**
 * 3. Every durable write that was answered 2xx can be read: the last of a key, or one whose outcome nobody was told
 * (it may be done at any time later). What was refused is never there.
 */
export const durable: Check = (history) => {
  const writes = by(history.of("wrote"), ({ key }) => key);
  return history.of("read").flatMap((read) => {
    const wrote = writes.get(read.key) ?? [];
    const done = wrote.findLast(({ fate }) => fate === "done");
    const possible = new Set<string | null>(wrote.filter(({ fate }) => fate === "unknown").map(({ value }) => value));
    possible.add(done?.value ?? null);
    if (possible.has(read.value)) return [];
    return [{ invariant: 3 as const, what: `${read.key} is ${read.value}`, proof: [...wrote, read] }];
  });
};
