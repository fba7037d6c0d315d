import type { StepAround } from "@charter/saga";
import { continueTrace, type Tracer } from "@charter/telemetry";

/**
 * Lets each step go on with the trace of the call that placed or cancelled the order, under a context of its own: not under that of
 * the call which happened to wake the checkouts, with its deadline and its signal.
 */
export function inTraceOfOrder(tracer: Tracer | undefined): StepAround {
  return ({ saga, sagaId, step, direction, attempt, trace }, run) => {
    const name = `${saga}/${direction === "forward" ? step : `undo ${step}`}`;
    const attributes = { "charter.saga_id": sagaId, "charter.attempt": attempt };
    const work = { name, requestId: `${sagaId}:${step}`, traceparent: trace, attributes };
    return continueTrace(tracer, work, run);
  };
}
