/** True for a text that every store can keep: none keeps U+0000, nor halves of characters. */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000") && text.isWellFormed();
}
