/** The most words of a query that are looked for; what comes after them narrows nothing any more. */
export const MAX_QUERY_WORDS = 16;

/** The words of a text in order: runs of letters and digits in lower case. Queries and products are cut the same way. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
