import { requestHeaderWithCompression, trailerDemux } from "@connectrpc/connect/protocol-connect";
import { headersOf } from "./header-fields.js";
import { isPlainHead, type UnaryProtocol } from "./unary-protocol.js";

const CONTENT_TYPES: ReadonlySet<string> = new Set(["application/proto"]);
const NOT_PLAIN = ["content-encoding"];

/** Connect's unary protocol (connectrpc.com/docs/protocol). */
export const connectUnary: UnaryProtocol = {
  fixedHeader: ({ methodKind }, acceptCompression) =>
    requestHeaderWithCompression(methodKind, true, undefined, undefined, acceptCompression, null, true),
  timeoutName: "connect-timeout-ms",
  timeoutValue: (timeoutMs) => `${timeoutMs}`,
  prefixBytes: 0,
  writePrefix() {},
  messageOf: (head, body) => (isPlainHead(head, CONTENT_TYPES, NOT_PLAIN) ? body : undefined),
  metadataOf({ block }) {
    const [header, trailer] = trailerDemux(headersOf(block));
    return { header, trailer };
  },
};
