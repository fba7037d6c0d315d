/**
 * Waits for the first value, or for the error or end that comes in its place, and gives back an iterable that starts with it. A
 * handler may set response headers until then.
 */
export async function awaitFirst<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = source[Symbol.asyncIterator]();
  const first = iterator.next();
  await first.catch(() => undefined);
  let given = false;
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (given) return iterator.next();
        given = true;
        return first;
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
  };
}
