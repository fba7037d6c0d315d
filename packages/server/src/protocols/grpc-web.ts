import { ConnectError } from "@connectrpc/connect";
import {
  grpcStatusOk,
  parseTimeout,
  setTrailerStatus,
  trailerFlag,
  trailerSerialize,
} from "@connectrpc/connect/protocol-grpc-web";
import type { Exchange } from "../http/exchange.js";
import { awaitFirst } from "./await-first.js";
import {
  acceptedEncodings,
  type Compression,
  requestCompression,
  responseCompression,
} from "./compression.js";
import type { Dialogue } from "./dialogue.js";
import { envelope, readEnvelopes, responseEnvelope } from "./envelope.js";
import { timeoutFrom } from "./timeout.js";

/** gRPC-Web: as gRPC, with the trailers in a last envelope, for browsers cannot read HTTP trailers. */
export function grpcWeb(exchange: Exchange, json: boolean): Dialogue {
  const { header } = exchange;
  return {
    protocol: "grpc-web",
    json,
    timeoutMs: () => timeoutFrom(parseTimeout, header.get("grpc-timeout")),
    async *requests(maxBytes) {
      yield* readEnvelopes(
        exchange.body,
        requestCompression(header.get("grpc-encoding")),
        maxBytes,
        trailerFlag,
      );
    },
    async respond(responses, out, trailer) {
      const compression = responseCompression(header.get("grpc-accept-encoding"));
      out.set("content-type", json ? "application/grpc-web+json" : "application/grpc-web+proto");
      out.set("grpc-accept-encoding", acceptedEncodings);
      if (compression) out.set("grpc-encoding", compression.name);
      return { status: 200, header: out, body: framed(await awaitFirst(responses), compression, trailer) };
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
  yield envelope(trailerFlag, trailerSerialize(trailer));
}
