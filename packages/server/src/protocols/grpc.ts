import { ConnectError } from "@connectrpc/connect";
import { grpcStatusOk, parseTimeout, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import type { Exchange } from "../http/exchange.js";
import { awaitFirst } from "./await-first.js";
import {
  acceptedEncodings,
  type Compression,
  requestCompression,
  responseCompression,
} from "./compression.js";
import type { Dialogue } from "./dialogue.js";
import { readEnvelopes, responseEnvelope } from "./envelope.js";
import { timeoutFrom } from "./timeout.js";

const NO_END_FLAG = 0;

/** gRPC: enveloped messages for every kind of method, and HTTP trailers that tell how it ended. */
export function grpc(exchange: Exchange, json: boolean): Dialogue {
  const { header } = exchange;
  return {
    protocol: "grpc",
    json,
    timeoutMs: () => timeoutFrom(parseTimeout, header.get("grpc-timeout")),
    async *requests(maxBytes) {
      yield* readEnvelopes(
        exchange.body,
        requestCompression(header.get("grpc-encoding")),
        maxBytes,
        NO_END_FLAG,
      );
    },
    async respond(responses, out, trailer) {
      const compression = responseCompression(header.get("grpc-accept-encoding"));
      out.set("content-type", json ? "application/grpc+json" : "application/grpc+proto");
      out.set("grpc-accept-encoding", acceptedEncodings);
      if (compression) out.set("grpc-encoding", compression.name);
      const messages = framed(await awaitFirst(responses), compression, trailer);
      return { status: 200, header: out, body: messages, trailer: () => trailer };
    },
  };
}

async function* framed(
  responses: AsyncIterable<Uint8Array>,
  compression: Compression | undefined,
  trailer: Headers,
): AsyncIterable<Uint8Array> {
  try {
    for await (const message of responses) yield await responseEnvelope(message, compression);
    trailer.set("grpc-status", grpcStatusOk);
  } catch (thrown) {
    setTrailerStatus(trailer, ConnectError.from(thrown));
  }
}
