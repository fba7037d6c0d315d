import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Exchange } from "./exchange.js";
import { isSoundTarget } from "./guard.js";
import { peerAddress } from "./peer-address.js";
import type { NodeResponse } from "./write-answer.js";

/** A request of node:http or node:http2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** Reads a request's line and headers; undefined when they are malformed. Never throws. */
export function nodeExchange(
  request: NodeRequest,
  response: NodeResponse,
  trustedProxies: number,
): Exchange | undefined {
  const authority = "authority" in request ? request.authority : request.headers.host;
  const header = headersOf(request.headers);
  if (!isSoundTarget(request.url, authority) || !header) return undefined;
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s, 2);
  return {
    httpVersion: request.httpVersion,
    method: request.method ?? "",
    path,
    query: new URLSearchParams(query),
    header,
    body: bodyOf(request),
    address: peerAddress(request.socket.remoteAddress, header.get("x-forwarded-for"), trustedProxies),
    onGone: (callback) => response.once("close", () => !response.writableEnded && callback()),
  };
}

function headersOf(headers: IncomingHttpHeaders): Headers | undefined {
  const result = new Headers();
  try {
    for (const [name, value] of Object.entries(headers)) {
      if (name.startsWith(":") || value === undefined) continue;
      for (const each of Array.isArray(value) ? value : [value]) result.append(name, each);
    }
    return result;
  } catch {
    // Headers refuses what RFC 9110 does not allow in a name or value.
    return undefined;
  }
}

/** A body that may be left half read: ending the iteration must not end the connection that the answer needs. */
function bodyOf(request: NodeRequest): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}
