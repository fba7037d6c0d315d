/** Which check a token failed. For logs alone: the caller is never told. */
export type FailedCheck = "form" | "header" | "key" | "signature" | "claims" | "lifetime";

/**
 * A token that proves nothing: forged, expired, for somebody else, or no token at all. One message for every cause, so that the
 * answer helps nobody to forge a better one.
 */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
  /** For logs; must not reach the caller. */
  readonly failedCheck: FailedCheck;

  constructor(failedCheck: FailedCheck) {
    super("the token is not valid");
    this.failedCheck = failedCheck;
  }
}

/** The keys could not be read, so nothing can be said of the token. The caller may try again. */
export class KeySetUnavailableError extends Error {
  override readonly name = "KeySetUnavailableError";

  constructor(source: string, cause: unknown) {
    super(`the keys of ${source} cannot be read`, { cause });
  }
}

/** A key file that is there but cannot be used. The message names the file and the next step. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}
