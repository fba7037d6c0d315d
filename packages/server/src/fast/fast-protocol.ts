import type { Exchange } from "../http/exchange.js";
import { acceptedEncodings, COMPRESS_MIN_BYTES, responseCompression } from "../protocols/compression.js";
import { connectUnary } from "../protocols/connect-unary.js";
import type { Dialogue } from "../protocols/dialogue.js";
import { envelope } from "../protocols/envelope.js";
import { grpc } from "../protocols/grpc.js";
import { grpcWeb } from "../protocols/grpc-web.js";
import { AnswerFrames } from "./answer-frames.js";

const ENVELOPE_BYTES = 5;
const NOTHING = Buffer.alloc(0);
/** The flag of the envelope in which gRPC-Web's trailers go. */
const TRAILER_FLAG = 0x80;
const trailerEnvelope = Buffer.from(envelope(TRAILER_FLAG, Buffer.from("grpc-status: 0\r\n", "latin1")));

/** How the fast lane speaks a protocol with callers of one head. */
export interface FastProtocol {
  readonly frames: AnswerFrames;
  /** Answers of this size go the other way, for they are compressed. */
  readonly maxMessageBytes: number;
  /** The same for all that is not plain. */
  dialogue(exchange: Exchange): Dialogue;
  /** The message, where the bytes are a whole body of at most `maxBytes` that holds one uncompressed; else undefined. */
  messageIn(body: Buffer, maxBytes: number): Buffer | undefined;
}

/** The protocol that a head speaks; undefined for one that the fast lane does not, or with a compressed request. */
export function fastProtocol(header: Headers): FastProtocol | undefined {
  switch (header.get("content-type")) {
    case "application/grpc":
    case "application/grpc+proto":
      return envelopes(header, "application/grpc+proto", (it) => grpc(it, false), {
        after: NOTHING,
        trailers: [{ name: "grpc-status", value: "0" }],
      });
    case "application/grpc-web":
    case "application/grpc-web+proto":
      return envelopes(header, "application/grpc-web+proto", (it) => grpcWeb(it, false), {
        after: trailerEnvelope,
        trailers: undefined,
      });
    case "application/proto":
      return connect(header, "application/proto", (it) => connectUnary(it, false));
    case "application/json":
      return connect(header, "application/json", (it) => connectUnary(it, true));
    default:
      return undefined;
  }
}

function envelopes(
  header: Headers,
  type: string,
  dialogue: FastProtocol["dialogue"],
  end: { after: Buffer; trailers: { name: string; value: string }[] | undefined },
): FastProtocol | undefined {
  if (!isPlain(header.get("grpc-encoding"))) return undefined;
  const compression = responseCompression(header.get("grpc-accept-encoding"));
  const fields = [
    { name: "content-type", value: type },
    { name: "grpc-accept-encoding", value: acceptedEncodings },
    ...(compression ? [{ name: "grpc-encoding", value: compression.name }] : []),
  ];
  return {
    frames: new AnswerFrames({
      header: fields,
      envelopeBytes: ENVELOPE_BYTES,
      declaresLength: false,
      ...end,
    }),
    maxMessageBytes: compression ? COMPRESS_MIN_BYTES - 1 : Number.POSITIVE_INFINITY,
    dialogue,
    messageIn: messageInEnvelope,
  };
}

function connect(
  header: Headers,
  type: string,
  dialogue: FastProtocol["dialogue"],
): FastProtocol | undefined {
  if (!isPlain(header.get("content-encoding"))) return undefined;
  const compresses = responseCompression(header.get("accept-encoding")) !== undefined;
  const fields = [
    { name: "content-type", value: type },
    { name: "accept-encoding", value: acceptedEncodings },
  ];
  return {
    frames: new AnswerFrames({
      header: fields,
      envelopeBytes: 0,
      declaresLength: true,
      after: NOTHING,
      trailers: undefined,
    }),
    maxMessageBytes: compresses ? COMPRESS_MIN_BYTES - 1 : Number.POSITIVE_INFINITY,
    dialogue,
    // Without a length in front, only the end of the stream tells that it is whole.
    messageIn: (body, maxBytes) => (body.length <= maxBytes ? body : undefined),
  };
}

function isPlain(encoding: string | null): boolean {
  return !encoding || encoding === "identity";
}

function messageInEnvelope(body: Buffer, maxBytes: number): Buffer | undefined {
  if (body.length < ENVELOPE_BYTES || body[0] !== 0) return undefined;
  const length = body.readUInt32BE(1);
  if (length > maxBytes || body.length !== ENVELOPE_BYTES + length) return undefined;
  return body.subarray(ENVELOPE_BYTES);
}
