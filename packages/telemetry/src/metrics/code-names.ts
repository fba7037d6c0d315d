/** gRPC's and Connect's status codes by number, in the spelling that logs use. */
export const codeNames = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;

const UNKNOWN = 2;

/** The number that a call's end is counted under: its own when it is one of gRPC's, else that of "unknown". */
export function knownCode(code: number): number {
  return codeNames[code] === undefined ? UNKNOWN : code;
}
