import { constants } from "node:http2";
import { DISCARD_BYTES } from "./bounds.js";
import type { NodeRequest } from "./node-exchange.js";
import type { NodeResponse } from "./write-answer.js";

/**
 * Deals with what is left of a body that was refused half read or unread. Over HTTP/2 the stream is closed, which stops the caller
 * at once. Over HTTP/1.1 the rest is read past, so that a caller still sending gets to see its answer, up to a bound; then the
 * connection goes.
 */
export function discardRest(request: NodeRequest, response: NodeResponse): void {
  response.once("finish", () => {
    if (request.complete || request.destroyed) return;
    if ("stream" in request) request.stream.close(constants.NGHTTP2_NO_ERROR);
    else readPast(request);
  });
}

function readPast(request: NodeRequest): void {
  let discarded = 0;
  request.on("data", (chunk: Uint8Array) => {
    discarded += chunk.byteLength;
    if (discarded > DISCARD_BYTES) request.destroy();
  });
}
