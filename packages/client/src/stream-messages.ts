/**
 * The messages of a stream, its failures explained. A consumer that stops early ends the call: the transport alone would leave it
 * open until the callee ends it.
 */
export async function* untilDone<T>(
  messages: AsyncIterable<T>,
  abandoned: AbortController,
  explain: (error: unknown) => Error,
): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    throw explain(error);
  } finally {
    abandoned.abort();
  }
}
