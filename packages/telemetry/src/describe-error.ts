/** An error as it goes into a log line. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

const MAX_CAUSES = 5;

/**
 * What a log line says of an error: type, message, code, stack and up to five causes. Other properties of the error are left
 * out on purpose: libraries hang requests, headers and rows on them. `redactText` sees every text before it goes in.
 */
export function describeError(
  error: unknown,
  redactText: (text: string) => string = (text) => text,
  depth = 0,
): ErrorDescription {
  if (!isErrorLike(error)) return { type: typeof error, message: redactText(String(error)) };
  const { name, message, stack } = error;
  const code = "code" in error ? error.code : undefined;
  const cause = depth + 1 >= MAX_CAUSES ? undefined : error.cause;
  return {
    type: name,
    message: redactText(message),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: describeError(cause, redactText, depth + 1) }),
  };
}

function isErrorLike(value: unknown): value is Error {
  return value instanceof Error;
}
