import { ConnectError } from "@connectrpc/connect";

/** The error that a call fails with. A call that succeeds fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (failure: unknown) => failure,
  );
  if (error instanceof ConnectError) return error;
  throw error;
}

const EVENTUALLY_MS = 25_000;

/** The value of the first call that does not fail. Tries again at once, for at most 25 seconds; then the last failure stands. */
export async function eventually<T>(call: () => Promise<T> | T): Promise<T> {
  const endMs = performance.now() + EVENTUALLY_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** All messages of a stream. */
export async function valuesOf(messages: AsyncIterable<{ value: string }>): Promise<string[]> {
  const values: string[] = [];
  for await (const { value } of messages) values.push(value);
  return values;
}
