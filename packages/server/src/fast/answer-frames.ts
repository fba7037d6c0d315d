import {
  type EncodedField,
  FRAME_HEADER_BYTES,
  flags,
  frameTypes,
  HpackEncoder,
  writeFrameHeader,
} from "@charter/wire";

/** A longer value would need a second byte for its length (RFC 7541, section 5.1). */
const MAX_LITERAL_LENGTH = 126;
const ID_NAME = "x-request-id";
const ENVELOPE_BYTES = 5;

const constant = new HpackEncoder(0);
/** A literal whose name is in no table and which is not to be remembered (RFC 7541, section 6.2.2), up to its value. */
const idName = Buffer.concat([Buffer.from([0, ID_NAME.length]), Buffer.from(ID_NAME, "latin1")]);

/** What stands around the message in the DATA of an answer, and behind it. */
export interface Framing {
  readonly header: readonly EncodedField[];
  /** Bytes before the message: those of an envelope, or none. */
  readonly envelopeBytes: 0 | typeof ENVELOPE_BYTES;
  /** Bytes of DATA after the message. */
  readonly after: Buffer;
  /** Undefined where DATA ends the stream. */
  readonly trailers: readonly EncodedField[] | undefined;
  /** Whether the head declares the length of the body. */
  readonly declaresLength: boolean;
}

/** Makes the frames of successful unary answers; all but the message, its length and the ids is made once. */
export class AnswerFrames {
  readonly #head: Buffer;
  readonly #framing: Framing;
  /** The block of the trailers; undefined where DATA ends the stream. */
  readonly trailers: Buffer | undefined;

  constructor(framing: Framing) {
    this.#framing = framing;
    this.#head = Buffer.concat([
      constant.encode([{ name: ":status", value: "200" }, ...framing.header]),
      idName,
    ]);
    this.trailers = framing.trailers && constant.encode(framing.trailers);
  }

  /** What the head of every answer has beside its id. */
  get header(): readonly EncodedField[] {
    return this.#framing.header;
  }

  /** Bytes of DATA after the last message. */
  get after(): Buffer {
    return this.#framing.after;
  }

  /** Whether an answer with this id can be made here. */
  static takes(requestId: string): boolean {
    return requestId.length <= MAX_LITERAL_LENGTH;
  }

  /** Bytes of DATA that an answer has. */
  dataBytes(message: Uint8Array): number {
    return this.#framing.envelopeBytes + message.byteLength + this.#framing.after.length;
  }

  /** All frames of an answer in one buffer. */
  make(streamId: number, requestId: string, message: Uint8Array): Buffer {
    const dataBytes = this.dataBytes(message);
    const length = this.#framing.declaresLength ? lengthField(dataBytes) : undefined;
    const headBytes = this.#head.length + 1 + requestId.length + (length?.length ?? 0);
    const trailerBytes = this.trailers ? FRAME_HEADER_BYTES + this.trailers.length : 0;
    const frames = Buffer.allocUnsafe(2 * FRAME_HEADER_BYTES + headBytes + dataBytes + trailerBytes);
    let at = writeFrameHeader(frames, 0, headBytes, frameTypes.headers, flags.endHeaders, streamId);
    at = this.#writeHead(frames, at, requestId, length);
    at = writeFrameHeader(
      frames,
      at,
      dataBytes,
      frameTypes.data,
      this.trailers ? 0 : flags.endStream,
      streamId,
    );
    at = this.#writeData(frames, at, message);
    if (this.trailers) writeEnd(frames, at, this.trailers, streamId);
    return frames;
  }

  /** The block of the head alone, for an answer that does not fit one frame or the peer's windows. */
  head(requestId: string, message: Uint8Array): Buffer {
    const length = this.#framing.declaresLength ? lengthField(this.dataBytes(message)) : undefined;
    const head = Buffer.allocUnsafe(this.#head.length + 1 + requestId.length + (length?.length ?? 0));
    this.#writeHead(head, 0, requestId, length);
    return head;
  }

  /** The content of DATA alone, in pieces, so that a long message is not copied. */
  data(message: Uint8Array): Buffer[] {
    const { envelopeBytes, after } = this.#framing;
    const pieces = [Buffer.from(message.buffer, message.byteOffset, message.byteLength), after];
    if (envelopeBytes > 0) pieces.unshift(envelopeHead(message));
    return pieces.filter((it) => it.length > 0);
  }

  #writeHead(frames: Buffer, from: number, requestId: string, length: Buffer | undefined): number {
    frames.set(this.#head, from);
    let at = from + this.#head.length;
    frames[at] = requestId.length;
    at += 1 + frames.write(requestId, at + 1, "latin1");
    if (!length) return at;
    frames.set(length, at);
    return at + length.length;
  }

  #writeData(frames: Buffer, from: number, message: Uint8Array): number {
    const { envelopeBytes, after } = this.#framing;
    if (envelopeBytes > 0) writeEnvelopeHead(frames, from, message);
    frames.set(message, from + envelopeBytes);
    const at = from + envelopeBytes + message.byteLength;
    frames.set(after, at);
    return at + after.length;
  }
}

function envelopeHead(message: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(ENVELOPE_BYTES);
  writeEnvelopeHead(head, 0, message);
  return head;
}

function writeEnvelopeHead(target: Buffer, at: number, message: Uint8Array): void {
  target[at] = 0;
  target.writeUInt32BE(message.byteLength, at + 1);
}

function lengthField(bytes: number): Buffer {
  return constant.encode([{ name: "content-length", value: String(bytes) }]);
}

function writeEnd(frames: Buffer, at: number, trailers: Buffer, streamId: number): void {
  const ends = flags.endHeaders | flags.endStream;
  frames.set(trailers, writeFrameHeader(frames, at, trailers.length, frameTypes.headers, ends, streamId));
}
