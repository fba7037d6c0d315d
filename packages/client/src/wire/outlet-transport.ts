import type { DescMessage, DescMethodStreaming, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import type { ContextValues, StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";
import type { CommonTransportOptions } from "@connectrpc/connect/protocol";
import { createTransport as connect } from "@connectrpc/connect/protocol-connect";
import { createTransport as grpc } from "@connectrpc/connect/protocol-grpc";
import { createTransport as grpcWeb } from "@connectrpc/connect/protocol-grpc-web";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import { type HeaderInit, type HeaderList, headerListOf } from "../header-list.js";
import type { Outlet } from "./outlet.js";
import type { RequestTemplates } from "./request-templates.js";
import type { UnaryLane } from "./unary-lane.js";
import { universalClient } from "./universal-client.js";

/** How messages may be framed. */
export type WireProtocol = "grpc" | "connect" | "grpc-web";

/** Connect's own protocols. */
export const TRANSPORTS = { grpc, connect, "grpc-web": grpcWeb } as const;

/** What Connect's protocols may be told, all with the defaults of Connect's own transports. */
export type MessageOptions = Omit<CommonTransportOptions, "httpClient" | "baseUrl">;

/** As Connect's own transports have it: binary, compressed answers taken, requests as they are. */
export const MESSAGE_DEFAULTS: MessageOptions = {
  useBinaryFormat: true,
  interceptors: [],
  acceptCompression: [compressionGzip, compressionBrotli],
  sendCompression: null,
  compressMinBytes: 1_024,
  readMaxBytes: 0xffff_ffff,
  writeMaxBytes: 0xffff_ffff,
};

/** What calls of one connection are sent by. */
export interface TransportParts {
  readonly protocol: WireProtocol;
  readonly baseUrl: string;
  readonly templates: RequestTemplates;
  /** Undefined for a protocol whose unary calls have no short way. */
  readonly unaryLane: UnaryLane | undefined;
}

/** A Connect transport whose requests go out by an outlet: plain unary calls on a short way, all others by Connect's own protocols. */
export class OutletTransport implements Transport {
  readonly #parts: TransportParts;
  readonly #outlet: Outlet;
  readonly #options: MessageOptions;

  constructor(parts: TransportParts, outlet: Outlet, options: MessageOptions) {
    this.#parts = parts;
    this.#outlet = outlet;
    this.#options = options;
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeaderInit,
    message: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    // A list is one that headerListOf has made: the channel works on such.
    const fields = Array.isArray(header) ? (header as HeaderList) : headerListOf(header);
    const { unaryLane, protocol } = this.#parts;
    const outlet = this.#outlet;
    const options = this.#options;
    const send = { method, signal, timeoutMs, header: fields, message, outlet, protocol, options };
    const answer = unaryLane?.call(send);
    if (answer) return answer as Promise<UnaryResponse> as Promise<UnaryResponse<I, O>>;
    return this.#general().unary(method, signal, timeoutMs, header, message, contextValues);
  }

  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodStreaming<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeaderInit,
    input: AsyncIterable<MessageInitShape<I>>,
    contextValues?: ContextValues,
  ): Promise<StreamResponse<I, O>> {
    return this.#general().stream(method, signal, timeoutMs, header, input, contextValues);
  }

  #general(): Transport {
    const { protocol, baseUrl, templates } = this.#parts;
    const httpClient = universalClient(this.#outlet, templates);
    return TRANSPORTS[protocol]({ ...this.#options, httpClient, baseUrl });
  }
}
