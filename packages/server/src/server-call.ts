import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import type { MethodPolicy } from "@charter/policy";
import type { Logger, MethodMetrics, Span, Traffic } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import type { Slot } from "./admission/slot.js";
import type { Exchange } from "./http/exchange.js";
import type { IdleTimer } from "./idle-timer.js";
import type { Invoke } from "./implement.js";
import type { Dialogue } from "./protocols/dialogue.js";

/** A method that this server has: where the contract, its policy and the code behind it meet. */
export interface Endpoint {
  readonly method: DescMethod;
  /** What holds for new calls: the contract's, or a tighter one while an operator wants it. */
  policy: MethodPolicy;
  /** An operator has switched it off. */
  disabled: boolean;
  /** Undefined for a method that is in the contract and not built. */
  readonly invoke: Invoke | undefined;
  readonly metrics: MethodMetrics;
  /** Health keeps answering while the server drains. */
  readonly servesWhileDraining: boolean;
}

/** One call on its way through the stack. Layers fill in what they learn. */
export interface ServerCall {
  readonly endpoint: Endpoint;
  readonly method: DescMethod;
  readonly policy: MethodPolicy;
  readonly exchange: Exchange;
  readonly dialogue: Dialogue;
  readonly requestId: string;
  readonly log: Logger;
  readonly responseHeader: Headers;
  readonly responseTrailer: Headers;
  /** Aborts when the caller is gone, the deadline has passed, a stream breaks a bound or the server ends it. */
  readonly signal: AbortSignal;
  /** Aborts the signal; the first reason stays. */
  abort(reason: Error): void;
  newId(): string;
  /** Set by the layer authenticate; anonymous before. */
  principal: Principal;
  /** Set by the layer authorise: the request's owner field must equal the subject, or the rule's expression hold. */
  mustOwn: boolean;
  /** Set by the layer telemetry: when the call came, on the clock's monotonic scale. */
  startedMs: number;
  /** Set by the layer admit. */
  slot: Slot | undefined;
  /** Set by the layer streamBounds where no iteration keeps it: ends a stream that is silent for too long. */
  idle: IdleTimer | undefined;
  /** Set by the layer deadline. */
  deadline: Deadline | undefined;
  /** Set by the layer deadline: its seat among those whose deadline is watched. */
  watchSeat: number;
  /** The handler has given its last answer: what it has left at work is no part of the call any more. */
  isHandled: boolean;
  /** What it has carried so far; kept by the layer telemetry. */
  readonly traffic: Traffic;
  /** Set by the layer telemetry where the trace is recorded. */
  span: Span | undefined;
  /** Request messages as bytes, after decompression. Nothing is read before the first is asked for. */
  bytes: AsyncIterable<Uint8Array>;
  /** The request message that was read last; set by the layer decode. What must not be shown of it is kept out of the log. */
  request: Message | undefined;
  /** Request messages; set by the layer decode. */
  requests: AsyncIterable<Message>;
}

/**
 * One step of the stack. It may refuse by throwing, change the call, and wrap what the steps below it answer. `step` says the same
 * without an iteration, for a method that takes one request; a layer that has none, or answers undefined, keeps its calls off the fast lane.
 */
export interface Layer<T> {
  (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T>;
  readonly step?: (endpoint: Endpoint) => LaneStep | undefined;
}

/** What a call waits for. Unlike a promise it goes on in the very turn in which the wait ends, which under load is most of what a wait costs. */
export interface Wait {
  /** Asked for once: calls back once, later, unless it is abandoned. */
  ended(goOn: () => void, fail: (thrown: unknown) => void): void;
  /** Nobody waits any more. */
  abandon(): void;
}

/** What a layer does for a call with one request, by the moments at which it does it. What it has to remember of a call is kept in the call. */
export interface LaneStep {
  /** Before the body is read. Refuses by throwing; a promise, or a wait, only where it must wait. */
  enter?(call: ServerCall): void | Promise<void> | Wait;
  /** `enter`, and those of the steps below, wait until the request is there: who sends it slowly takes nothing that others need. */
  readonly awaitsRequest?: boolean;
  /** Around the reading of a request that does not come in one piece. */
  read?<R>(call: ServerCall, work: () => Promise<R>): Promise<R>;
  /** Once the request is decoded. Refuses by throwing. */
  check?(call: ServerCall, request: Message): void;
  /** Around the handler: calls `work` with the call and the request. */
  run?<R>(call: ServerCall, request: Message, work: (call: ServerCall, request: Message) => R): R;
  /** Before each message of an answer that is a stream. Ends the call by throwing. */
  message?(call: ServerCall): void;
  /**
   * When a call that it has let in is over. `thrown` is undefined for an answer. What it gives back, unless undefined, takes the place of the error
   * for the layers around it.
   */
  leave?(call: ServerCall, thrown: unknown): unknown;
}
