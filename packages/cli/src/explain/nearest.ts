/** At most a third of a name may differ for it to count as near. */
const TOLERANCE = 1 / 3;

/** The items whose name is nearest to `wanted` by edit distance, the nearest first, at most `limit`; none that is far off. */
export function nearest<T>(
  wanted: string,
  items: readonly T[],
  nameOf: (item: T) => string,
  limit: number,
): readonly T[] {
  return items
    .map((item) => ({ item, distance: editDistance(wanted, nameOf(item)) }))
    .filter(({ distance }) => distance <= Math.ceil(wanted.length * TOLERANCE))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** How many characters must be put in, taken out or replaced to turn one word into the other (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
