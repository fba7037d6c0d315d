/** Gives the results in the order in which they come. The promises must not reject. */
export async function* asReady<T>(promises: readonly Promise<T>[]): AsyncIterable<T> {
  const pending = new Map(
    promises.map((promise, index) => [index, promise.then((result) => ({ index, result }))]),
  );
  while (pending.size > 0) {
    const { index, result } = await Promise.race(pending.values());
    pending.delete(index);
    yield result;
  }
}
