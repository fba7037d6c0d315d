import type { HeaderBlock } from "@charter/wire";
import { requestHeaderWithCompression } from "@connectrpc/connect/protocol-grpc";
import { headersOf } from "./header-fields.js";
import { isPlainHead, type UnaryProtocol } from "./unary-protocol.js";

const ENVELOPE_BYTES = 5;
const CONTENT_TYPES: ReadonlySet<string> = new Set(["application/grpc", "application/grpc+proto"]);
const NOT_PLAIN = ["grpc-encoding", "grpc-status"];
const OK = Symbol("ok");

/** gRPC over HTTP/2 (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md). */
export const grpcUnary: UnaryProtocol = {
  fixedHeader: (_method, acceptCompression) =>
    requestHeaderWithCompression(true, undefined, undefined, acceptCompression, null),
  timeoutName: "grpc-timeout",
  timeoutValue: (timeoutMs) => `${timeoutMs}m`,
  prefixBytes: ENVELOPE_BYTES,
  writePrefix(target, messageBytes) {
    target[0] = 0;
    target[1] = messageBytes >>> 24;
    target[2] = messageBytes >>> 16;
    target[3] = messageBytes >>> 8;
    target[4] = messageBytes;
  },
  messageOf(head, body, trailers) {
    if (!trailers || !isOk(trailers) || !isPlainHead(head, CONTENT_TYPES, NOT_PLAIN)) return undefined;
    if (body.length < ENVELOPE_BYTES || body[0] !== 0) return undefined;
    return body.readUInt32BE(1) === body.length - ENVELOPE_BYTES ? body.subarray(ENVELOPE_BYTES) : undefined;
  },
  metadataOf: ({ block }, trailers) => ({ header: headersOf(block), trailer: headersOf(trailers) }),
};

function isOk(trailers: HeaderBlock): boolean {
  if (trailers.memo === OK) return true;
  const isOk = trailers.get("grpc-status") === "0" && trailers.get("grpc-status-details-bin") === undefined;
  if (isOk) trailers.memo = OK;
  return isOk;
}
