import { CONNECTION_LOST, errorCodes } from "@charter/wire";
import { Code, ConnectError } from "@connectrpc/connect";

/** What the end of a stream means to a call: gRPC over HTTP/2, "Errors" (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md). */
const CODES: ReadonlyMap<number, Code> = new Map([
  [CONNECTION_LOST, Code.Aborted],
  [errorCodes.refusedStream, Code.Unavailable],
  [errorCodes.cancel, Code.Canceled],
  [errorCodes.enhanceYourCalm, Code.ResourceExhausted],
  [errorCodes.inadequateSecurity, Code.PermissionDenied],
  [errorCodes.http11Required, Code.PermissionDenied],
]);

/** The error of a call whose stream ended with this code before its answer was complete. */
export function streamError(code: number): ConnectError {
  const message =
    code === CONNECTION_LOST
      ? "the connection was lost"
      : `the stream was closed with HTTP/2's error code 0x${code.toString(16)}`;
  return new ConnectError(message, CODES.get(code) ?? Code.Internal);
}
