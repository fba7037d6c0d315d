import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { MAX_HEADER_BYTES } from "./bounds.js";
import type { Exchange } from "./exchange.js";
import { isSoundTarget } from "./guard.js";
import { headersOf } from "./node-headers.js";
import { peerAddress } from "./peer-address.js";
import type { NodeResponse } from "./write-answer.js";

/** A request of node:http or node:http2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** Reads a request's line and headers; the HTTP status that says what is wrong with them when they are. Never throws. */
export function nodeExchange(
  request: NodeRequest,
  response: NodeResponse,
  trustedProxies: number,
): Exchange | 400 | 431 {
  // node:http keeps this bound itself, node:http2 only tells it to the caller.
  if (sizeOf(request.rawHeaders) > MAX_HEADER_BYTES) return 431;
  const authority = "authority" in request ? request.authority : request.headers.host;
  const header = soundHeaders(request.headers);
  if (!isSoundTarget(request.url, authority) || !header) return 400;
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s, 2);
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? "",
    authority: authority ?? "",
    path,
    query: new URLSearchParams(query),
    header,
    body: bodyOf(request),
    address: peerAddress(request.socket.remoteAddress, header.get("x-forwarded-for"), trustedProxies),
    closed: new Promise((resolve) => response.once("close", () => resolve(response.writableEnded))),
  };
}

function sizeOf(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((sum, part) => sum + part.length, 0);
}

function soundHeaders(headers: IncomingHttpHeaders): Headers | undefined {
  try {
    return headersOf(headers);
  } catch {
    return undefined;
  }
}

/** A body that may be left half read: ending the iteration must not end the connection that the answer needs. */
export function bodyOf(request: NodeRequest): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}
