import type { Exchange } from "../http/exchange.js";
import {
  acceptedEncodings,
  COMPRESS_MIN_BYTES,
  type Compression,
  compressions,
  responseCompression,
} from "../protocols/compression.js";
import { connectStream, endOfStream } from "../protocols/connect-stream.js";
import { connectUnary } from "../protocols/connect-unary.js";
import type { Dialogue } from "../protocols/dialogue.js";
import { envelope } from "../protocols/envelope.js";
import { grpc } from "../protocols/grpc.js";
import { grpcWeb } from "../protocols/grpc-web.js";
import { AnswerFrames, type Framing } from "./answer-frames.js";

const ENVELOPE_BYTES = 5;
const NOTHING = Buffer.alloc(0);
/** The flag of the envelope in which gRPC-Web's trailers go. */
const TRAILER_FLAG = 0x80;
const trailerEnvelope = Buffer.from(envelope(TRAILER_FLAG, Buffer.from("grpc-status: 0\r\n", "latin1")));

/** How the fast lane speaks a protocol with callers of one head. */
export interface FastProtocol {
  readonly frames: AnswerFrames;
  /** Of longer answers; undefined for none. */
  readonly compression: Compression | undefined;
  /** A longer answer, or message of a stream, is compressed. */
  readonly maxMessageBytes: number;
  /** The same for all that is not plain. */
  dialogue(exchange: Exchange): Dialogue;
  /** The message, where the bytes are a whole body of at most `maxBytes` that holds one uncompressed; else undefined. */
  messageIn(body: Buffer, maxBytes: number): Buffer | undefined;
  /** The length of a whole body with one uncompressed message of at most `maxBytes`, as its first piece tells; undefined where it does not. */
  bodyBytes(first: Buffer, maxBytes: number): number | undefined;
}

/** The headers that name compressions. */
interface Names {
  /** What the sender reads. */
  readonly accepts: string;
  /** What its messages are in. */
  readonly encoding: string;
}

type Speaks = (header: Headers) => FastProtocol | undefined;

const grpcEnd = { after: NOTHING, trailers: [{ name: "grpc-status", value: "0" }] };
const grpcWebEnd = { after: trailerEnvelope, trailers: undefined };
const connectEnd = { after: Buffer.from(endOfStream(new Headers(), undefined)), trailers: undefined };
const grpcNames: Names = { accepts: "grpc-accept-encoding", encoding: "grpc-encoding" };
const connectNames: Names = { accepts: "connect-accept-encoding", encoding: "connect-content-encoding" };
const inGrpc = envelopes("application/grpc+proto", (it) => grpc(it, false), grpcNames, grpcEnd);
const inGrpcWeb = envelopes("application/grpc-web+proto", (it) => grpcWeb(it, false), grpcNames, grpcWebEnd);

const ofBothKinds: readonly [string, Speaks][] = [
  ["application/grpc", inGrpc],
  ["application/grpc+proto", inGrpc],
  ["application/grpc-web", inGrpcWeb],
  ["application/grpc-web+proto", inGrpcWeb],
];
const byContentType: ReadonlyMap<string | null, Speaks> = new Map([
  ...ofBothKinds,
  ["application/proto", connect("application/proto", (it) => connectUnary(it, false))],
  ["application/json", connect("application/json", (it) => connectUnary(it, true))],
]);
const byContentTypeOfStreams: ReadonlyMap<string | null, Speaks> = new Map([
  ...ofBothKinds,
  ["application/connect+proto", connectStreams("application/connect+proto", false)],
  ["application/connect+json", connectStreams("application/connect+json", true)],
]);

/** The protocol that the head of a unary call speaks; undefined for one that the fast lane does not, or with a compressed request. */
export function fastProtocol(header: Headers): FastProtocol | undefined {
  return byContentType.get(header.get("content-type"))?.(header);
}

/** The same of a call whose answer is a stream. */
export function fastStreamProtocol(header: Headers): FastProtocol | undefined {
  return byContentTypeOfStreams.get(header.get("content-type"))?.(header);
}

function connectStreams(type: string, json: boolean): Speaks {
  return envelopes(type, (it) => connectStream(it, json), connectNames, connectEnd);
}

function envelopes(
  type: string,
  dialogue: FastProtocol["dialogue"],
  { accepts, encoding }: Names,
  end: Pick<Framing, "after" | "trailers">,
): Speaks {
  const made = forEachCompression(
    (compression): FastProtocol => ({
      frames: new AnswerFrames({
        header: [
          { name: "content-type", value: type },
          { name: accepts, value: acceptedEncodings },
          ...(compression ? [{ name: encoding, value: compression.name }] : []),
        ],
        envelopeBytes: ENVELOPE_BYTES,
        declaresLength: false,
        ...end,
      }),
      compression,
      maxMessageBytes: plainUpTo(compression),
      dialogue,
      messageIn: messageInEnvelope,
      bodyBytes: envelopeBytes,
    }),
  );
  return (header) =>
    isPlain(header.get(encoding)) ? made.get(responseCompression(header.get(accepts))) : undefined;
}

function connect(type: string, dialogue: FastProtocol["dialogue"]): Speaks {
  const made = forEachCompression(
    (compression): FastProtocol => ({
      frames: new AnswerFrames({
        header: [
          { name: "content-type", value: type },
          { name: "accept-encoding", value: acceptedEncodings },
        ],
        envelopeBytes: 0,
        declaresLength: true,
        after: NOTHING,
        trailers: undefined,
      }),
      compression,
      maxMessageBytes: plainUpTo(compression),
      dialogue,
      // Without a length in front, only the end of the stream tells that it is whole.
      messageIn: (body, maxBytes) => (body.length <= maxBytes ? body : undefined),
      bodyBytes: () => undefined,
    }),
  );
  return (header) =>
    isPlain(header.get("content-encoding"))
      ? made.get(responseCompression(header.get("accept-encoding")))
      : undefined;
}

/** One for callers that take no compressed answers, and one for each compression. */
function forEachCompression(
  make: (compression: Compression | undefined) => FastProtocol,
): ReadonlyMap<Compression | undefined, FastProtocol> {
  return new Map([undefined, ...compressions].map((it) => [it, make(it)]));
}

function plainUpTo(compression: Compression | undefined): number {
  return compression ? COMPRESS_MIN_BYTES - 1 : Number.POSITIVE_INFINITY;
}

function isPlain(encoding: string | null): boolean {
  return !encoding || encoding === "identity";
}

function messageInEnvelope(body: Buffer, maxBytes: number): Buffer | undefined {
  return body.length === envelopeBytes(body, maxBytes) ? body.subarray(ENVELOPE_BYTES) : undefined;
}

function envelopeBytes(first: Buffer, maxBytes: number): number | undefined {
  if (first.length < ENVELOPE_BYTES || first[0] !== 0) return undefined;
  const length = first.readUInt32BE(1);
  return length > maxBytes ? undefined : ENVELOPE_BYTES + length;
}
