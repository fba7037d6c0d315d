import type { RequestHead, Stream, StreamReceiver } from "@charter/wire";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Exchange } from "./exchange.js";
import { IncomingBody } from "./incoming-body.js";
import { peerAddress } from "./peer-address.js";
import { headersOf, requestFacts } from "./request-facts.js";

/** A request that came over the wire, and what is to be known of the way back. */
export class WireExchange implements Exchange {
  readonly httpVersion = "2.0";
  readonly method: string;
  readonly path: string;
  readonly body: IncomingBody;
  readonly stream: Stream;
  readonly #head: RequestHead;
  readonly #query: string;
  readonly #trustedProxies: number;
  readonly #closed = Promise.withResolvers<boolean>();
  #header: Headers | undefined;
  #sent: PromiseWithResolvers<boolean> | undefined;

  /** Takes over the stream: what comes on it goes to the exchange that it carries as its context. */
  constructor(stream: Stream, head: RequestHead, ended: boolean, trustedProxies: number) {
    const { path, query } = requestFacts(head);
    this.method = head.method;
    this.path = path;
    this.body = new IncomingBody(stream, ended);
    this.stream = stream;
    this.#head = head;
    this.#query = query;
    this.#trustedProxies = trustedProxies;
    stream.context = this;
  }

  get header(): Headers {
    this.#header ??= headersOf(this.#head.block);
    return this.#header;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  get address(): string {
    const forwardedFor = this.#head.block.get("x-forwarded-for") ?? null;
    return peerAddress(socketAddress(this.stream), forwardedFor, this.#trustedProxies);
  }

  get closed(): Promise<boolean> {
    return this.#closed.promise;
  }

  /** Resolves when all that was sent has gone to the socket; to false when the stream is over before. */
  allSent(): Promise<boolean> {
    if (this.stream.isClosed) return Promise.resolve(false);
    this.#sent = Promise.withResolvers();
    return this.#sent.promise;
  }

  /** The stream took what had waited. */
  drained(): void {
    this.#sent?.resolve(true);
  }

  /** The stream is over; complete when the whole answer was sent. */
  over(complete: boolean): void {
    this.#sent?.resolve(false);
    this.body.fail(chassisError(ChassisError.CALLER_GONE));
    this.#closed.resolve(complete);
  }
}

/** Passes what comes on a stream to its exchange. */
export const exchangeReceiver: StreamReceiver = {
  data: (stream, bytes) => exchangeOf(stream).body.push(bytes),
  end: (stream) => exchangeOf(stream).body.end(),
  drained: (stream) => exchangeOf(stream).drained(),
  closed: (stream) => exchangeOf(stream).over(stream.localEnded),
};

const exchangeOf = (stream: Stream): WireExchange => stream.context as WireExchange;

/** The address at the other end of a stream's socket. */
export function socketAddress({ socket }: Stream): string | undefined {
  return "remoteAddress" in socket ? (socket.remoteAddress as string | undefined) : undefined;
}
