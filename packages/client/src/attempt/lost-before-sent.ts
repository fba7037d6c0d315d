import { Code, ConnectError } from "@connectrpc/connect";
import { markNotSent } from "../not-sent.js";

/** The connection went away between the choice of it and its use. Nothing was sent; another one may be there already. */
export function lostBeforeSent(name: string, cause: unknown = new Error("connection lost")): ConnectError {
  return markNotSent(
    new ConnectError(`the connection to ${name} was lost`, Code.Unavailable, undefined, undefined, cause),
  );
}
