import type { IncomingMessage } from "node:http";
import { constants, type Http2ServerRequest } from "node:http2";
import type { Clock } from "@charter/time";
import { DISCARD_BYTES, DISCARD_MS } from "./bounds.js";
import type { NodeRequest } from "./node-exchange.js";
import type { NodeResponse } from "./write-answer.js";

/**
 * Deals with what is left of a body that was refused half read or unread. Over HTTP/2 the stream is closed, which stops the caller
 * at once. Over HTTP/1.1 the rest is read past, so that a caller still sending gets to see its answer, up to a bound
 * of bytes and time; then the connection goes.
 */
export function discardRest(request: NodeRequest, response: NodeResponse, clock: Clock): void {
  if ("stream" in request) closeAfterTrailers(request);
  else response.once("finish", () => !request.complete && readPast(request, clock));
}

// Closing on "finish" would overtake the trailers, which are only sent when the stream asks for them after its last data.
function closeAfterTrailers(request: Http2ServerRequest): void {
  const { stream } = request;
  stream.once("wantTrailers", () => {
    setImmediate(() => !request.complete && stream.close(constants.NGHTTP2_NO_ERROR));
  });
}

function readPast(request: IncomingMessage, clock: Clock): void {
  let discarded = 0;
  const giveUp = () => request.destroy();
  const timer = clock.setTimer(giveUp, DISCARD_MS);
  request.on("data", (chunk: Uint8Array) => {
    discarded += chunk.byteLength;
    if (discarded > DISCARD_BYTES) giveUp();
  });
  request.once("close", () => timer.clear());
}
