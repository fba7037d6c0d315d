import type { Stream, StreamReceiver } from "../connection/stream.js";
import { type EncodedField, HpackEncoder } from "../hpack/encoder.js";
import type { RequestHandler } from "../server/server-connection.js";
import { pattern } from "./pattern.js";

const constant = new HpackEncoder(0);
const head = constant.encode([
  { name: ":status", value: "200" },
  { name: "content-type", value: "application/octet-stream" },
]);
const EMPTY = Buffer.alloc(0);
const PIECE_BYTES = 65_536;

/** Sends back what comes, as fast as it is taken, and the trailers behind it. */
class Echo implements StreamReceiver {
  #owed = 0;

  data(stream: Stream, bytes: Buffer): void {
    if (stream.sendData(Buffer.from(bytes), false)) stream.consumed(bytes.length);
    else this.#owed += bytes.length;
  }

  end(stream: Stream, trailers?: { fields: readonly string[] }): void {
    if (!trailers) stream.sendData(EMPTY, true);
    else stream.sendTrailers(constant.encode(toEncoded(trailers.fields)));
  }

  drained(stream: Stream): void {
    stream.consumed(this.#owed);
    this.#owed = 0;
  }

  closed(): void {}
}

/** Makes `length` bytes, each piece when the one before has gone, and counts them. */
class Source implements StreamReceiver {
  static madeBytes = 0;
  readonly #length: number;
  #at = 0;

  constructor(length: number) {
    this.#length = length;
  }

  goOn(stream: Stream): void {
    while (this.#at < this.#length && !stream.isClosed) {
      const piece = pattern(Math.min(PIECE_BYTES, this.#length - this.#at), this.#at);
      this.#at += piece.length;
      Source.madeBytes += piece.length;
      if (!stream.sendData(piece, this.#at === this.#length)) return;
    }
  }

  data(stream: Stream, bytes: Buffer): void {
    stream.consumed(bytes.length);
  }

  end(): void {}

  drained(stream: Stream): void {
    this.goOn(stream);
  }

  closed(): void {}
}

const silent: StreamReceiver = { data() {}, end() {}, drained() {}, closed() {} };

/** Bytes that sources have made since the process began. */
export const bytesMade = (): number => Source.madeBytes;

/** Answers by path: /echo, /bytes/<length>, /early (before the body), /empty (head only), /never. */
export const answering: RequestHandler = (stream, request, ended) => {
  const [, what, argument] = request.path.split("/");
  switch (what) {
    case "bytes":
      return answerBytes(stream, Number(argument));
    case "early":
      stream.sendHeaders(head, false);
      stream.sendData(Buffer.from("no need"), true);
      stream.ignoreRest();
      return silent;
    case "empty":
      stream.sendHeaders(head, true);
      return silent;
    case "never":
      return silent;
    default:
      stream.sendHeaders(head, ended);
      return new Echo();
  }
};

function answerBytes(stream: Stream, length: number): StreamReceiver {
  const source = new Source(length);
  const declared = constant.encode([{ name: "content-length", value: String(length) }]);
  stream.sendHeaders(Buffer.concat([head, declared]), length === 0);
  source.goOn(stream);
  return source;
}

const toEncoded = (fields: readonly string[]): EncodedField[] =>
  Array.from({ length: fields.length / 2 }, (_, index) => ({
    name: fields[index * 2] as string,
    value: fields[index * 2 + 1] as string,
  }));
