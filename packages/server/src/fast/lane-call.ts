import type { Message } from "@bufbuild/protobuf";
import { anonymous, type Principal } from "@charter/identity";
import type { MethodPolicy } from "@charter/policy";
import { type Logger, noTraffic, type Span, type Traffic } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import type { Slot } from "../admission/slot.js";
import type { Exchange } from "../http/exchange.js";
import type { IdleTimer } from "../idle-timer.js";
import { newId } from "../new-id.js";
import type { Dialogue } from "../protocols/dialogue.js";
import { requestIdOf } from "../request-id.js";
import type { Endpoint, ServerCall, Wait } from "../server-call.js";

const nothing: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** What a call is made of. */
export type LaneCallParts = Pick<LaneCall, "endpoint" | "exchange" | "dialogue" | "log">;

/** A call on a lane, whatever it came over. What few calls ask for is made when it is asked for. */
export abstract class LaneCall implements ServerCall {
  readonly endpoint: Endpoint;
  readonly exchange: Exchange;
  readonly dialogue: Dialogue;
  readonly requestId: string;
  readonly log: Logger;
  readonly traffic: Traffic = noTraffic();
  principal: Principal = anonymous;
  mustOwn = false;
  deadline: Deadline | undefined = undefined;
  watchSeat = -1;
  span: Span | undefined = undefined;
  startedMs = 0;
  slot: Slot | undefined = undefined;
  idle: IdleTimer | undefined = undefined;
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
  /** The message, where the body is one plain message; else the exchange has it. */
  message: Uint8Array | undefined = undefined;
  hasAllOfBody = false;
  /** What it waits for to be let in, where that can be told that it is over. */
  waitsFor: Wait | undefined = undefined;
  #controller: AbortController | undefined;
  #abortedBy: Error | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;

  constructor({ endpoint, exchange, dialogue, log }: LaneCallParts) {
    this.endpoint = endpoint;
    this.exchange = exchange;
    this.dialogue = dialogue;
    this.requestId = requestIdOf(exchange.header);
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
    this.aborted(reason);
  }

  /** The message of a body that comes in pieces; undefined where only the exchange can tell. Called once, if the message is not there. */
  abstract gathered(): Promise<Uint8Array | undefined>;

  /** What came is of no use any more, and the caller may take its time to take the answer. */
  letGo(): void {
    this.message = undefined;
    this.request = undefined;
  }

  /** All layers that come before the body have let it in: its lane waits for `bodyCame` unless it has all of the body. */
  letIn(): void {}

  /** Tells its lane. */
  protected abstract aborted(reason: Error): void;

  newId(): string {
    return newId();
  }
}

function abortedController(reason: Error | undefined): AbortController {
  const controller = new AbortController();
  if (reason) controller.abort(reason);
  return controller;
}
