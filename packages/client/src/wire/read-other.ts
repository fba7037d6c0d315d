import type { HeaderBlock, ResponseHead } from "@charter/wire";
import type { UnaryResponse } from "@connectrpc/connect";
import { createAsyncIterable } from "@connectrpc/connect/protocol";
import { headersOf } from "./header-fields.js";
import { TRANSPORTS } from "./outlet-transport.js";
import type { UnarySend } from "./unary-lane.js";

/** What an answer that is no plain success means (an error, a compressed message, a broken answer): Connect's own protocols know. */
export function readOther(
  { method, message, options, protocol }: UnarySend,
  head: ResponseHead,
  body: Buffer,
  trailers: HeaderBlock | undefined,
): Promise<UnaryResponse> {
  const response = {
    status: head.status,
    header: headersOf(head.block),
    body: createAsyncIterable(body.length > 0 ? [body] : []),
    trailer: headersOf(trailers),
  };
  const transport = TRANSPORTS[protocol]({
    ...options,
    baseUrl: "http://answered",
    httpClient: async () => response,
  });
  return transport.unary(method, undefined, undefined, undefined, message);
}
