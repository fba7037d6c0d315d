import { RequestTemplate } from "../client/request-template.js";
import type { ResponseHead } from "../client/response-head.js";
import type { ResponseReceiver } from "../client/response-receiver.js";
import type { WireConnection } from "../client/wire-connection.js";
import type { Stream } from "../connection/stream.js";
import { type EncodedField, HpackEncoder } from "../hpack/encoder.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import { afterTurns } from "./turns.js";

export interface WireAnswer {
  status: number | undefined;
  fields: readonly string[];
  body: Buffer;
  trailers: readonly string[];
  /** What `closed` said. */
  code: number;
}

export interface WireRequest {
  path: string;
  fields?: readonly EncodedField[];
  /** Sent piece by piece. None ends the request with its head. */
  body?: readonly Buffer[];
  trailers?: readonly EncodedField[];
  /** Turns of the event loop that a piece of the answer waits until it is used. Default 0. */
  turnsPerPiece?: number;
}

const EMPTY = Buffer.alloc(0);

/** The template of a request to the test servers. */
export const templateOf = (path: string, method = "POST"): RequestTemplate =>
  new RequestTemplate([
    { name: ":method", value: method },
    { name: ":scheme", value: "http" },
    { name: ":path", value: path },
    { name: ":authority", value: "test", representation: "index" },
    { name: "content-type", value: "application/grpc", representation: "index" },
  ]);

/** Sends a body as it is taken and collects the answer. */
export class Exchange implements ResponseReceiver {
  readonly answer: Promise<WireAnswer>;
  readonly #resolve: (answer: WireAnswer) => void;
  readonly #body: Buffer[];
  readonly #trailers: readonly EncodedField[] | undefined;
  readonly #turnsPerPiece: number;
  readonly #received: Buffer[] = [];
  #head: ResponseHead | undefined;
  #answerTrailers: readonly string[] = [];
  /** Told when the head has come. */
  onHead: (() => void) | undefined;
  /** Whether bytes are used as they come. */
  reads = true;

  constructor({ body = [], trailers, turnsPerPiece = 0 }: WireRequest) {
    const { promise, resolve } = Promise.withResolvers<WireAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#body = [...body];
    this.#trailers = trailers;
    this.#turnsPerPiece = turnsPerPiece;
  }

  /** Sends the body as far as it goes. */
  goOn(stream: Stream): void {
    for (let piece = this.#body.shift(); piece; piece = this.#body.shift())
      if (!stream.sendData(piece, false)) return;
    if (this.#trailers) stream.sendTrailers(new HpackEncoder(0).encode(this.#trailers));
    else stream.sendData(EMPTY, true);
  }

  head(_stream: Stream, head: ResponseHead): void {
    this.#head = head;
    this.onHead?.();
  }

  data(stream: Stream, bytes: Buffer): void {
    this.#received.push(Buffer.from(bytes));
    if (this.reads) afterTurns(this.#turnsPerPiece, () => stream.consumed(bytes.length));
  }

  end(_stream: Stream, trailers: HeaderBlock | undefined): void {
    this.#answerTrailers = trailers?.fields ?? [];
  }

  drained(stream: Stream): void {
    this.goOn(stream);
  }

  closed(_stream: Stream, code: number): void {
    this.#resolve({
      status: this.#head?.status,
      fields: this.#head?.block.fields ?? [],
      body: Buffer.concat(this.#received),
      trailers: this.#answerTrailers,
      code,
    });
  }
}

/** Begins a request; undefined where the connection takes none. */
export function openWire(
  connection: WireConnection,
  request: WireRequest,
): { stream: Stream; exchange: Exchange } | undefined {
  const exchange = new Exchange(request);
  const template = templateOf(request.path, request.body ? "POST" : "GET");
  const stream = connection.open(template, exchange, !request.body, request.fields);
  if (!stream) return undefined;
  if (request.body) exchange.goOn(stream);
  return { stream, exchange };
}

/** Calls, and waits for the end of the stream, whatever it is. */
export async function wireCall(connection: WireConnection, request: WireRequest): Promise<WireAnswer> {
  const opened = openWire(connection, request);
  if (!opened) throw new Error("the connection takes no request");
  return opened.exchange.answer;
}
