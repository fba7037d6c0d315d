import { parseTimeout } from "@connectrpc/connect/protocol-connect";
import type { Exchange } from "../http/exchange.js";
import { requestCompression } from "./compression.js";
import { respondUnary } from "./connect-unary.js";
import type { Dialogue } from "./dialogue.js";
import { malformed, tooLarge } from "./request-errors.js";
import { timeoutFrom } from "./timeout.js";

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Connect's unary calls by GET, for methods without side effects: the message stands in the query. */
export function connectGet(exchange: Exchange, json: boolean): Dialogue {
  const { header, query } = exchange;
  return {
    protocol: "connect",
    json,
    timeoutMs: () => timeoutFrom(parseTimeout, header.get("connect-timeout-ms")),
    async *requests(maxBytes) {
      const compression = requestCompression(query.get("compression"));
      const bytes = messageOf(query);
      if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
      yield compression ? await compression.decompress(bytes, maxBytes) : bytes;
    },
    respond: (responses, out, trailer) =>
      respondUnary(responses, out, trailer, json, header.get("accept-encoding")),
  };
}

function messageOf(query: URLSearchParams): Uint8Array {
  const message = query.get("message") ?? "";
  if (query.get("base64") !== "1") return Buffer.from(message, "utf8");
  if (!BASE64.test(message)) throw malformed("the query's message is not base64");
  return Buffer.from(message, "base64");
}
