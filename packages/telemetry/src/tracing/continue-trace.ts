import { runInContext } from "../ambient-context.js";
import type { SpanAttributes } from "./span.js";
import type { Tracer } from "./tracer.js";

/** Work that is done for an earlier call, after its end. */
export interface ContinuedWork {
  /** Name of its span, e.g. "checkout/reserve". */
  readonly name: string;
  /** Names the work in log lines and to the services that it calls. */
  readonly requestId: string;
  /** The trace of the earlier call; undefined when none was kept. */
  readonly traceparent: string | undefined;
  readonly attributes?: SpanAttributes;
}

/**
 * Runs work in the trace of the call that began it. Its log lines and outgoing calls belong to that trace; where the trace is recorded,
 * so is the work. What it throws is thrown on, and recorded by the error's name.
 */
export async function continueTrace<T>(
  tracer: Tracer | undefined,
  { name, requestId, traceparent, attributes }: ContinuedWork,
  run: () => Promise<T>,
): Promise<T> {
  if (traceparent === undefined) return runInContext({ requestId }, run);
  const span = tracer?.begin(name, "internal", { traceparent }, attributes);
  if (!span) return runInContext({ requestId, traceparent }, run);
  try {
    const result = await runInContext({ requestId, traceparent: span.traceparent, span }, run);
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error.name : "error");
    throw error;
  }
}
