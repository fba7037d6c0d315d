import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { EncodedField, RequestTemplate } from "@charter/wire";
import { Code, ConnectError, type UnaryResponse } from "@connectrpc/connect";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import type { HeaderList } from "../header-list.js";
import { connectUnary } from "./connect-unary.js";
import type { DeadlineWheel } from "./deadline-wheel.js";
import { grpcUnary } from "./grpc-unary.js";
import { fieldOf } from "./header-fields.js";
import type { Outlet } from "./outlet.js";
import type { MessageOptions, WireProtocol } from "./outlet-transport.js";
import type { RequestTemplates } from "./request-templates.js";
import { UnaryExchange, unaryReceiver } from "./unary-exchange.js";
import type { UnaryProtocol } from "./unary-protocol.js";

/** Those whose plain unary calls have the short way. */
export const UNARY_PROTOCOLS = { grpc: grpcUnary, connect: connectUnary } as const;

/** What all calls of one method on one connection share. */
interface Prepared {
  readonly template: RequestTemplate;
  /** Names of the fields in the template, which a call may not bring as well. */
  readonly names: ReadonlySet<string>;
}

/** One unary call. */
export interface UnarySend {
  readonly method: DescMethodUnary;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly header: HeaderList;
  readonly message: MessageInitShape<DescMessage>;
  readonly outlet: Outlet;
  readonly protocol: WireProtocol;
  readonly options: MessageOptions;
}

/** Unary calls without iterations, Headers and timers of their own: what most calls of a connection are. */
export class UnaryLane {
  readonly #protocol: UnaryProtocol;
  readonly #baseUrl: string;
  readonly #templates: RequestTemplates;
  readonly #wheel: DeadlineWheel;
  readonly #prepared = new WeakMap<DescMethodUnary, Prepared>();

  constructor(protocol: UnaryProtocol, baseUrl: string, templates: RequestTemplates, wheel: DeadlineWheel) {
    this.#protocol = protocol;
    this.#baseUrl = baseUrl;
    this.#templates = templates;
    this.#wheel = wheel;
  }

  /**
   * Undefined for a call that does not fit the lane: one that brings a field of the protocol's own.
   * @throws ConnectError for one that cannot be sent
   */
  call(send: UnarySend): Promise<UnaryResponse> | undefined {
    const { template, names } = this.#prepared.get(send.method) ?? this.#prepare(send);
    const { header, timeoutMs } = send;
    const extra: EncodedField[] = [];
    for (const [name, value] of header) {
      if (names.has(name)) return undefined;
      extra.push(fieldOf(name, value));
    }
    const protocol = this.#protocol;
    if (timeoutMs !== undefined)
      extra.push({ name: protocol.timeoutName, value: protocol.timeoutValue(timeoutMs) });
    return this.#start(send, template, extra);
  }

  #start(send: UnarySend, template: RequestTemplate, extra: EncodedField[]): Promise<UnaryResponse> {
    const { signal, timeoutMs, outlet } = send;
    if (signal?.aborted) throw ConnectError.from(signal.reason, Code.Canceled);
    const exchange = new UnaryExchange(send, this.#protocol, this.#wheel);
    const stream = outlet.openWhole(template, unaryReceiver, this.#bodyOf(send), extra);
    if (timeoutMs !== undefined) this.#wheel.add(exchange, timeoutMs);
    return exchange.begin(stream);
  }

  #bodyOf({ method, message, options: { writeMaxBytes } }: UnarySend): Buffer {
    const bytes = toBinary(method.input, create(method.input, message));
    if (bytes.length > writeMaxBytes)
      throw new ConnectError(
        `message size ${bytes.length} is larger than configured writeMaxBytes ${writeMaxBytes}`,
        Code.ResourceExhausted,
      );
    const { prefixBytes } = this.#protocol;
    const body = Buffer.allocUnsafe(prefixBytes + bytes.length);
    this.#protocol.writePrefix(body, bytes.length);
    body.set(bytes, prefixBytes);
    return body;
  }

  #prepare({ method, options }: UnarySend): Prepared {
    const fixed = this.#protocol.fixedHeader(method, options.acceptCompression);
    const fields = [...fixed].map(([name, value]) => fieldOf(name, value));
    const { pathname } = new URL(createMethodUrl(this.#baseUrl, method));
    const template = this.#templates.make("POST", pathname, fields);
    const names = new Set([...fixed.keys(), this.#protocol.timeoutName]);
    const prepared = { template, names };
    this.#prepared.set(method, prepared);
    return prepared;
  }
}
