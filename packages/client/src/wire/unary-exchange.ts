import { type DescMethodUnary, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import {
  errorCodes,
  type HeaderBlock,
  type ResponseHead,
  type ResponseReceiver,
  type Stream,
} from "@charter/wire";
import { Code, ConnectError, type UnaryResponse } from "@connectrpc/connect";
import type { DeadlineWheel, Expiring } from "./deadline-wheel.js";
import { readOther } from "./read-other.js";
import { streamError } from "./stream-error.js";
import type { UnarySend } from "./unary-lane.js";
import type { UnaryProtocol } from "./unary-protocol.js";

const NOTHING = Buffer.alloc(0);

/** A unary call that waits for its answer. */
export class UnaryExchange implements Expiring {
  readonly #send: UnarySend;
  readonly #protocol: UnaryProtocol;
  readonly #wheel: DeadlineWheel;
  #stream: Stream | undefined;
  #resolve: ((answer: UnaryResponse | Promise<UnaryResponse>) => void) | undefined;
  #reject: ((error: ConnectError) => void) | undefined;
  #head: ResponseHead | undefined;
  #body: Buffer = NOTHING;
  #further: Buffer[] | undefined;
  #received = 0;
  slot = -1;

  constructor(send: UnarySend, protocol: UnaryProtocol, wheel: DeadlineWheel) {
    this.#send = send;
    this.#protocol = protocol;
    this.#wheel = wheel;
  }

  /** The answer to come. */
  begin(stream: Stream): Promise<UnaryResponse> {
    stream.context = this;
    this.#stream = stream;
    this.#send.signal?.addEventListener("abort", this, { once: true });
    const answer = new Promise<UnaryResponse>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Where too much waits already, the connection has ended it at once.
    if (stream.isClosed) this.closed(stream.closeCode);
    return answer;
  }

  headCame(head: ResponseHead): void {
    this.#head = head;
  }

  /** Keeps a piece of the body. More than the largest message would fill is not waited for. */
  bytesCame(bytes: Buffer): void {
    this.#received += bytes.length;
    if (this.#body.length === 0) this.#body = bytes;
    else {
      this.#further ??= [this.#body];
      this.#further.push(bytes);
    }
    if (this.#received <= this.#send.options.readMaxBytes + this.#protocol.prefixBytes) return;
    this.answerCame(undefined);
    this.#stream?.reset(errorCodes.cancel);
  }

  answerCame(trailers: HeaderBlock | undefined): void {
    const head = this.#head;
    if (!this.#resolve || !head) return;
    const body = this.#further ? Buffer.concat(this.#further) : this.#body;
    const message = this.#messageOf(head, body, trailers);
    const { method } = this.#send;
    const answer = message
      ? new PlainAnswer(method, message, head, trailers, this.#protocol)
      : readOther(this.#send, head, body, trailers);
    this.#resolve(answer);
    this.#settled();
  }

  expire(): void {
    this.#end(new ConnectError("the operation timed out", Code.DeadlineExceeded));
  }

  /** Its signal was aborted. */
  handleEvent(): void {
    this.#end(ConnectError.from(this.#send.signal?.reason, Code.Canceled));
  }

  closed(code: number): void {
    this.#send.outlet.closed(code);
    if (!this.#reject) return;
    this.#reject(streamError(code));
    this.#settled();
  }

  #end(error: ConnectError): void {
    this.#reject?.(error);
    this.#settled();
    this.#stream?.reset(errorCodes.cancel);
  }

  #settled(): void {
    this.#resolve = undefined;
    this.#reject = undefined;
    if (this.slot >= 0) this.#wheel.remove(this);
    this.#send.signal?.removeEventListener("abort", this);
  }

  /** Undefined where the answer is no plain success, or cannot be decoded. */
  #messageOf(head: ResponseHead, body: Buffer, trailers: HeaderBlock | undefined) {
    const { method, options } = this.#send;
    const bytes = this.#protocol.messageOf(head, body, trailers);
    if (!bytes || bytes.length > options.readMaxBytes) return undefined;
    try {
      return fromBinary(method.output, bytes, options.binaryOptions);
    } catch {
      return undefined;
    }
  }
}

/** Takes the answers of all unary calls; each stream carries its exchange. */
export const unaryReceiver: ResponseReceiver = {
  head(stream, head, ended) {
    const exchange = stream.context as UnaryExchange;
    exchange.headCame(head);
    if (ended) exchange.answerCame(undefined);
  },
  data(stream, bytes) {
    stream.consumed(bytes.length);
    (stream.context as UnaryExchange).bytesCame(bytes);
  },
  end: (stream, trailers) => (stream.context as UnaryExchange).answerCame(trailers),
  drained() {},
  closed: (stream, code) => (stream.context as UnaryExchange | undefined)?.closed(code),
};

/** A success. Its headers are made when they are asked for, which is seldom. */
class PlainAnswer implements UnaryResponse {
  readonly stream = false;
  readonly method: DescMethodUnary;
  readonly message: MessageShape<DescMethodUnary["output"]>;
  readonly #head: ResponseHead;
  readonly #trailers: HeaderBlock | undefined;
  readonly #protocol: UnaryProtocol;
  #metadata: ReturnType<UnaryProtocol["metadataOf"]> | undefined;

  constructor(
    method: DescMethodUnary,
    message: PlainAnswer["message"],
    head: ResponseHead,
    trailers: HeaderBlock | undefined,
    protocol: UnaryProtocol,
  ) {
    this.method = method;
    this.message = message;
    this.#head = head;
    this.#trailers = trailers;
    this.#protocol = protocol;
  }

  get service(): DescMethodUnary["parent"] {
    return this.method.parent;
  }

  get header(): Headers {
    return this.#metadataOnce().header;
  }

  get trailer(): Headers {
    return this.#metadataOnce().trailer;
  }

  #metadataOnce(): ReturnType<UnaryProtocol["metadataOf"]> {
    this.#metadata ??= this.#protocol.metadataOf(this.#head, this.#trailers);
    return this.#metadata;
  }
}
