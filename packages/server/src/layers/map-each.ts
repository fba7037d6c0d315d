/** Each value as `change` makes it; what `change` throws ends the iteration. */
export async function* mapEach<A, B>(source: AsyncIterable<A>, change: (value: A) => B): AsyncIterable<B> {
  for await (const value of source) yield change(value);
}
