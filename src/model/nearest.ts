/**
 * The word that `text` was most likely meant to be: the one that takes the fewest letters to insert,
 * delete, replace, or swap with the next one (Damerau, CACM 7, 1964), if these are few.
 *
 * @example
 * nearest('hots', ['name', 'host']); // 'host'
 */
export function nearest(text: string, words: readonly string[]): string | undefined {
  let found: string | undefined;
  let fewest = Math.floor(Math.max(text.length, 3) / 3) + 1;
  for (const word of words) {
    const edits = editsBetween(text.toLowerCase(), word.toLowerCase());
    if (edits >= fewest) continue;
    fewest = edits;
    found = word;
  }
  return found;
}

function editsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, row];
  }
  return last[other.length] ?? 0;
}
