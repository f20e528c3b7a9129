/** The `count` smallest of the names that come after `from` (all, if it is null), in order. */
export function smallest(names: Iterable<string>, count: number, from: string | null): readonly string[] {
  let found: string[] = [];
  const cut = (): void => {
    found = found.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, count);
  };
  for (const name of names) {
    if (from !== null && name <= from) continue;
    found.push(name);
    // Not after each: most names of a long list are not among the smallest.
    if (found.length >= 4 * count) cut();
  }
  cut();
  return found;
}
