import type { Criticality } from "@charter/policy";
import { type AmbientContext, parseTraceparent, type Span, soundTracestate } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import { criticalityOf } from "../admission/criticality-of.js";
import { subjectOf } from "../principal-subject.js";
import { redactorOf } from "../redactor-of.js";
import type { ServerCall } from "../server-call.js";

/**
 * What a call leaves to the work that its handler causes. Found out when it is asked for, for most handlers cause none. Once the call is handled,
 * what goes on is no longer part of it and knows neither its deadline nor its signal.
 */
export class CallContext implements AmbientContext {
  readonly #call: ServerCall;
  #redactText: ((text: string) => string) | undefined;

  constructor(call: ServerCall) {
    this.#call = call;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get deadline(): Deadline | undefined {
    return this.#call.isHandled ? undefined : this.#call.deadline;
  }

  get signal(): AbortSignal | undefined {
    return this.#call.isHandled ? undefined : this.#call.signal;
  }

  /** The caller's where the trace is not recorded here; nothing that is malformed is passed on. */
  get traceparent(): string | undefined {
    return this.#call.span?.traceparent ?? this.#callersTraceparent;
  }

  get tracestate(): string | undefined {
    const { span, exchange } = this.#call;
    if (span) return span.tracestate;
    return this.#callersTraceparent && soundTracestate(exchange.header.get("tracestate"));
  }

  get span(): Span | undefined {
    return this.#call.span;
  }

  get subject(): string | undefined {
    return subjectOf(this.#call.principal);
  }

  get criticality(): Criticality {
    return criticalityOf(this.#call);
  }

  get redactText(): (text: string) => string {
    this.#redactText ??= redactorOf(this.#call);
    return this.#redactText;
  }

  get #callersTraceparent(): string | undefined {
    const given = this.#call.exchange.header.get("traceparent");
    return given !== null && parseTraceparent(given) ? given : undefined;
  }
}
