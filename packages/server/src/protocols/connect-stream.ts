import { ConnectError } from "@connectrpc/connect";
import { endStreamFlag, endStreamToJson, parseTimeout } from "@connectrpc/connect/protocol-connect";
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

/** Connect's streams: enveloped messages, and at the end one envelope of JSON that tells how it ended. */
export function connectStream(exchange: Exchange, json: boolean): Dialogue {
  const { header, body } = exchange;
  return {
    protocol: "connect",
    json,
    timeoutMs: () => timeoutFrom(parseTimeout, header.get("connect-timeout-ms")),
    async *requests(maxBytes) {
      const compression = requestCompression(header.get("connect-content-encoding"));
      yield* readEnvelopes(body, compression, maxBytes, endStreamFlag);
    },
    async respond(responses, out, trailer) {
      const compression = responseCompression(header.get("connect-accept-encoding"));
      out.set("content-type", json ? "application/connect+json" : "application/connect+proto");
      out.set("connect-accept-encoding", acceptedEncodings);
      if (compression) out.set("connect-content-encoding", compression.name);
      return { status: 200, header: out, body: framed(await awaitFirst(responses), compression, trailer) };
    },
  };
}

async function* framed(
  responses: AsyncIterable<Uint8Array>,
  compression: Compression | undefined,
  trailer: Headers,
): AsyncIterable<Uint8Array> {
  let error: ConnectError | undefined;
  try {
    for await (const message of responses) yield await responseEnvelope(message, compression);
  } catch (thrown) {
    error = ConnectError.from(thrown);
  }
  yield endOfStream(trailer, error);
}

/** The last envelope. */
export function endOfStream(trailer: Headers, error: ConnectError | undefined): Uint8Array {
  const metadata = new Headers([...trailer, ...(error?.metadata ?? [])]);
  const end = endStreamToJson(metadata, error, undefined);
  return envelope(endStreamFlag, new TextEncoder().encode(JSON.stringify(end)));
}
