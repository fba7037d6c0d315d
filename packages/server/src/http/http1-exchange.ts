import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.js";
import { bodyOf } from "./node-exchange.js";
import type { NodeHeaders } from "./node-headers.js";
import { peerAddress } from "./peer-address.js";

/** A request of node:http whose target and headers are sound and that has no query. What few calls ask for is made when it is asked for. */
export class Http1Exchange implements Exchange {
  readonly path: string;
  readonly header: NodeHeaders;
  /** As declared. */
  readonly bodyBytes: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #trustedProxies: number;

  constructor(
    head: { readonly url: string; readonly header: NodeHeaders; readonly bodyBytes: number },
    request: IncomingMessage,
    response: ServerResponse,
    trustedProxies: number,
  ) {
    this.path = head.url;
    this.header = head.header;
    this.bodyBytes = head.bodyBytes;
    this.request = request;
    this.response = response;
    this.#trustedProxies = trustedProxies;
  }

  get httpVersion(): string {
    return this.request.httpVersion;
  }

  get method(): string {
    return this.request.method ?? "";
  }

  get authority(): string {
    return this.request.headers.host ?? "";
  }

  get query(): URLSearchParams {
    return new URLSearchParams();
  }

  get body(): AsyncIterable<Uint8Array> {
    return bodyOf(this.request);
  }

  get address(): string {
    const { remoteAddress } = this.request.socket;
    return peerAddress(remoteAddress, this.header.get("x-forwarded-for"), this.#trustedProxies);
  }

  get closed(): Promise<boolean> {
    const { response } = this;
    if (response.closed) return Promise.resolve(response.writableEnded);
    return new Promise((resolve) => response.once("close", () => resolve(response.writableEnded)));
  }
}
