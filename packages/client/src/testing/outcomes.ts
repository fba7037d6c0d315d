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

/** All messages of a stream. */
export async function valuesOf(messages: AsyncIterable<{ value: string }>): Promise<string[]> {
  const values: string[] = [];
  for await (const { value } of messages) values.push(value);
  return values;
}
