/** Questions that are the same but for who asks. */
export interface Alike<Item> {
  /** Any of them. */
  readonly one: Item;
  /** Where they stand among all, in their order. */
  readonly at: readonly number[];
}

/**
 * Puts together those that are the same, so that each is written, and looked after, once a call for all who ask.
 *
 * @param likenessOf the same text for those that are the same, and for no others
 */
export function alike<Item>(items: readonly Item[], likenessOf: (item: Item) => string): readonly Alike<Item>[] {
  const kinds = new Map<string, { readonly one: Item; readonly at: number[] }>();
  for (const [n, item] of items.entries()) {
    const likeness = likenessOf(item);
    const kind = kinds.get(likeness);
    if (kind === undefined) kinds.set(likeness, { one: item, at: [n] });
    else kind.at.push(n);
  }
  return [...kinds.values()];
}
