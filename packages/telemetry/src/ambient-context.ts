import { AsyncLocalStorage } from "node:async_hooks";
import type { Deadline } from "@charter/time";
import type { Span } from "./tracing/span.js";

/** What every piece of work done for one incoming call knows without being told. Outgoing calls and log lines take it from here. */
export interface AmbientContext {
  /** Names the call across all services that take part in it. */
  readonly requestId: string;
  /** When the caller stops waiting. Outgoing calls never outlast it. */
  readonly deadline?: Deadline | undefined;
  /** Aborts when the caller has gone or the deadline has passed. */
  readonly signal?: AbortSignal | undefined;
  /** The W3C trace context of this call, as in the `traceparent` header. */
  readonly traceparent?: string | undefined;
  /** The W3C `tracestate` of this call, to go out beside `traceparent`. */
  readonly tracestate?: string | undefined;
  /** The recorded work that this call is; absent when its trace is not recorded. */
  readonly span?: Span | undefined;
  /** The authenticated user or service. */
  readonly subject?: string | undefined;
  /** Takes the values that must not be shown out of a text about this call. Error messages in log lines go through it. */
  readonly redactText?: (text: string) => string;
  /** Who is shed first under overload; travels to callees. */
  readonly criticality?: "sheddable" | "default" | "critical";
}

const storage = new AsyncLocalStorage<AmbientContext>();

/** Runs `fn` with `args`, and everything it awaits or starts, under `context`. Nothing leaks to the code around it. */
export function runInContext<T, A extends unknown[]>(
  context: AmbientContext,
  fn: (...args: A) => T,
  ...args: A
): T {
  return storage.run(context, fn, ...args);
}

/** The context of the call being served, or undefined outside of one. */
export function currentContext(): AmbientContext | undefined {
  return storage.getStore();
}
