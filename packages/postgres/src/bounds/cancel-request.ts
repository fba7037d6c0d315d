import { connect } from "node:net";
import type { Clock } from "@charter/time";

/** A server's process that runs the statements of one connection, and what proves that one may cancel them. */
export interface Backend {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/** The protocol's mark of a cancel request (PostgreSQL manual, "Message Formats", CancelRequest). */
const CANCEL_REQUEST = 80_877_102;
const LENGTH = 16;

/**
 * Asks the server to cancel what a connection is running. Resolves when the server has passed it on, which it tells by closing; only
 * then is the connection safe to be used again. Rejects when it did not within `withinMs`.
 */
export function cancelRequest(backend: Backend, clock: Clock, withinMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(addressOf(backend), () => socket.end(messageFor(backend)));
  const timer = clock.setTimer(
    () => socket.destroy(new Error("the server took no cancel request")),
    withinMs,
  );
  socket.resume();
  socket.once("error", reject);
  socket.once("close", () => {
    timer.clear();
    resolve();
  });
  return promise;
}

function addressOf({ host, port }: Backend) {
  return host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

function messageFor({ processID, secretKey }: Backend): Buffer {
  const message = Buffer.alloc(LENGTH);
  [LENGTH, CANCEL_REQUEST, processID, secretKey].forEach((value, index) => {
    message.writeInt32BE(value, index * 4);
  });
  return message;
}
