/** One value, as the iteration that the protocols take answers from. */
export async function* once<T>(value: () => Promise<T>): AsyncIterable<T> {
  yield await value();
}
