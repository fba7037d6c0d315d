import type { RequestHead, Stream, StreamReceiver } from "@charter/wire";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Exchange } from "./exchange.js";
import { IncomingBody } from "./incoming-body.js";
import { peerAddress } from "./peer-address.js";
import { requestFacts } from "./request-facts.js";

/** A request that came over the wire, and what is to be known of the way back. */
export class WireExchange implements Exchange {
  readonly httpVersion = "2.0";
  readonly method: string;
  readonly path: string;
  readonly header: Headers;
  readonly stream: Stream;
  readonly #head: RequestHead;
  readonly #query: string;
  readonly #trustedProxies: number;
  readonly #ended: boolean;
  #body: IncomingBody | undefined;
  #closed: PromiseWithResolvers<boolean> | undefined;
  #completed: boolean | undefined;
  #sent: PromiseWithResolvers<boolean> | undefined;

  constructor(stream: Stream, head: RequestHead, ended: boolean, trustedProxies: number) {
    const { path, query, header } = requestFacts(head);
    this.method = head.method;
    this.path = path;
    this.header = header;
    this.stream = stream;
    this.#head = head;
    this.#query = query;
    this.#ended = ended;
    this.#trustedProxies = trustedProxies;
  }

  get body(): IncomingBody {
    this.#body ??= new IncomingBody(this.stream, this.#ended);
    return this.#body;
  }

  get authority(): string {
    return this.#head.authority;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  get address(): string {
    const forwardedFor = this.#head.block.get("x-forwarded-for") ?? null;
    return peerAddress(socketAddress(this.stream), forwardedFor, this.#trustedProxies);
  }

  get closed(): Promise<boolean> {
    this.#closed ??= Promise.withResolvers();
    if (this.#completed !== undefined) this.#closed.resolve(this.#completed);
    return this.#closed.promise;
  }

  /** Resolves when all that was sent has gone to the socket; to false when the stream is over before. */
  allSent(): Promise<boolean> {
    if (this.stream.isClosed) return Promise.resolve(false);
    this.#sent ??= Promise.withResolvers();
    return this.#sent.promise;
  }

  /** The stream took what had waited. */
  drained(): void {
    this.#sent?.resolve(true);
    this.#sent = undefined;
  }

  /** The stream is over; complete when the whole answer was sent. */
  over(complete: boolean): void {
    this.#sent?.resolve(false);
    this.#completed = complete;
    if (!complete) this.#body?.fail(chassisError(ChassisError.CALLER_GONE));
    this.#closed?.resolve(complete);
  }
}

/** Passes what comes on a stream to the exchange that is its context. */
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
