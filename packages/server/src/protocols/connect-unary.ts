import { ConnectError } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJsonBytes, parseTimeout } from "@connectrpc/connect/protocol-connect";
import type { Exchange, HttpAnswer } from "../http/exchange.js";
import {
  acceptedEncodings,
  COMPRESS_MIN_BYTES,
  requestCompression,
  responseCompression,
} from "./compression.js";
import type { Dialogue } from "./dialogue.js";
import { readBody } from "./read-body.js";
import { timeoutFrom } from "./timeout.js";

/** Connect's unary calls by POST: the body is the message, the HTTP status tells success. */
export function connectUnary(exchange: Exchange, json: boolean): Dialogue {
  const { header } = exchange;
  return {
    protocol: "connect",
    json,
    timeoutMs: () => timeoutFrom(parseTimeout, header.get("connect-timeout-ms")),
    async *requests(maxBytes) {
      const compression = requestCompression(header.get("content-encoding"));
      const bytes = await readBody(exchange.body, header.get("content-length"), maxBytes);
      yield compression ? await compression.decompress(bytes, maxBytes) : bytes;
    },
    respond: (responses, out, trailer) =>
      respondUnary(responses, out, trailer, json, header.get("accept-encoding")),
  };
}

/** The answer of a unary call, also of one that came by GET. */
export async function respondUnary(
  responses: AsyncIterable<Uint8Array>,
  header: Headers,
  trailer: Headers,
  json: boolean,
  acceptEncoding: string | null,
): Promise<HttpAnswer> {
  header.set("accept-encoding", acceptedEncodings);
  try {
    let answer: Uint8Array | undefined;
    // To the end, for a stack that is left in the middle takes the call for abandoned.
    for await (const message of responses) answer ??= message;
    if (!answer) throw new RangeError("a unary call ended without an answer");
    addTrailer(header, trailer);
    header.set("content-type", json ? "application/json" : "application/proto");
    return { status: 200, header, body: await compressed(answer, header, acceptEncoding) };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    addTrailer(header, trailer);
    for (const [name, value] of error.metadata) header.append(name, value);
    header.set("content-type", "application/json");
    return { status: codeToHttpStatus(error.code), header, body: errorToJsonBytes(error, undefined) };
  }
}

/** HTTP/1.1 clients cannot read trailers, so Connect sends them in front, under another name. */
function addTrailer(header: Headers, trailer: Headers): void {
  for (const [name, value] of trailer) header.append(`trailer-${name}`, value);
}

async function compressed(
  message: Uint8Array,
  header: Headers,
  accepted: string | null,
): Promise<Uint8Array> {
  const compression = responseCompression(accepted);
  if (!compression || message.byteLength < COMPRESS_MIN_BYTES) return message;
  header.set("content-encoding", compression.name);
  header.append("vary", "accept-encoding");
  return compression.compress(message);
}
