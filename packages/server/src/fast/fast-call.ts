import type { Message } from "@bufbuild/protobuf";
import { anonymous, type Principal } from "@charter/identity";
import type { MethodPolicy } from "@charter/policy";
import { type Logger, noTraffic, type Span, type Traffic } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import type { Slot } from "../admission/slot.js";
import type { WireExchange } from "../http/wire-exchange.js";
import type { Lifecycle } from "../lifecycle.js";
import { newId } from "../new-id.js";
import type { Dialogue } from "../protocols/dialogue.js";
import { requestIdOf } from "../request-id.js";
import type { Endpoint, ServerCall } from "../server-call.js";
import type { FastProtocol } from "./fast-protocol.js";
import type { UnaryLane } from "./unary-lane.js";

const nothing: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** What a call is made of. */
export type FastCallParts = Pick<
  FastCall,
  "endpoint" | "lane" | "protocol" | "exchange" | "dialogue" | "lifecycle" | "log"
>;

/** A unary call on the fast lane. What few calls ask for is made when it is asked for. */
export class FastCall implements ServerCall {
  readonly endpoint: Endpoint;
  readonly lane: UnaryLane;
  readonly protocol: FastProtocol;
  readonly exchange: WireExchange;
  readonly dialogue: Dialogue;
  readonly requestId: string;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly traffic: Traffic = noTraffic();
  principal: Principal = anonymous;
  mustOwn = false;
  deadline: Deadline | undefined = undefined;
  span: Span | undefined = undefined;
  startedMs = 0;
  slot: Slot | undefined = undefined;
  isHandled = false;
  bytes: AsyncIterable<Uint8Array> = nothing;
  request: Message | undefined = undefined;
  requests: AsyncIterable<Message> = nothing;
  /** Layers that have let it in. */
  entered = 0;
  /** All layers that come before the body have let it in. */
  isIn = false;
  /** It has its answer, or its error. */
  isOver = false;
  /** The body so far, where it came in one piece that is the whole message; else the exchange has it. */
  body: Buffer | undefined = undefined;
  /** The message in `body`. */
  message: Uint8Array | undefined = undefined;
  isSpilt = false;
  hasAllOfBody = false;
  #controller: AbortController | undefined;
  #abortedBy: Error | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;

  constructor({ endpoint, lane, protocol, exchange, dialogue, lifecycle, log }: FastCallParts) {
    this.endpoint = endpoint;
    this.lane = lane;
    this.protocol = protocol;
    this.exchange = exchange;
    this.dialogue = dialogue;
    this.requestId = requestIdOf(exchange.header);
    this.lifecycle = lifecycle;
    this.log = log;
  }

  get method(): Endpoint["method"] {
    return this.endpoint.method;
  }

  get policy(): MethodPolicy {
    return this.endpoint.policy;
  }

  get signal(): AbortSignal {
    this.#controller ??= abortedController(this.#abortedBy);
    return this.#controller.signal;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers({ "x-request-id": this.requestId });
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  /** Whether nobody has asked for the headers or trailers of the answer, so that they are the usual ones. */
  get hasUsualHeaders(): boolean {
    return this.#responseHeader === undefined && this.#responseTrailer === undefined;
  }

  get abortedBy(): Error | undefined {
    return this.#abortedBy;
  }

  abort(reason: Error): void {
    if (this.#abortedBy) return;
    this.#abortedBy = reason;
    this.#controller?.abort(reason);
    this.lane.aborted(this, reason);
  }

  newId(): string {
    return newId();
  }
}

function abortedController(reason: Error | undefined): AbortController {
  const controller = new AbortController();
  if (reason) controller.abort(reason);
  return controller;
}
