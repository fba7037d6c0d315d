import type { ConnectError } from "@connectrpc/connect";

const notSent = new WeakSet<ConnectError>();

/** Remembers that the call that failed with this error never left the process. Returns the error. */
export function markNotSent(error: ConnectError): ConnectError {
  notSent.add(error);
  return error;
}

/** Whether `markNotSent` was given this error. */
export function isMarkedNotSent(error: ConnectError): boolean {
  return notSent.has(error);
}
