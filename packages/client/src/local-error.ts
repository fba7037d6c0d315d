import { type Code, ConnectError } from "@connectrpc/connect";
import { markNotSent } from "./not-sent.js";

const final = new WeakSet<ConnectError>();

/**
 * An error made here, before anything was sent, that another attempt would meet again. Its cause tells a server that it is no
 * answer to that server's own caller.
 */
export function localError(message: string, code: Code, cause: unknown = new Error(message)): ConnectError {
  const error = markNotSent(new ConnectError(message, code, undefined, undefined, cause));
  final.add(error);
  return error;
}

/** Whether `localError` made it. */
export function isLocalError(error: ConnectError): boolean {
  return final.has(error);
}
