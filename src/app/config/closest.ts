/**
 * The candidate with the smallest edit distance to a word, if that is small enough to be a slip; null otherwise.
 *
 * @param limit the largest distance that still is one
 */
export function closest<Word extends string>(
  word: string,
  candidates: readonly Word[],
  limit = Math.min(3, Math.floor(word.length / 3)),
): Word | null {
  let best: Word | null = null;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(candidate, word);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
