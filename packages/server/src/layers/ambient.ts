import type { Message } from "@bufbuild/protobuf";
import { type AmbientContext, parseTraceparent, runInContext, soundTracestate } from "@charter/telemetry";
import { criticalityOf } from "../admission/criticality-of.js";
import { subjectOf } from "../principal-subject.js";
import { redactorOf } from "../redactor-of.js";
import type { Layer, ServerCall } from "../server-call.js";
import { withUnary } from "./with-unary.js";

/**
 * Lets every statement, call and log line that the handler causes inherit this call's deadline, signal, id, trace, subject and criticality.
 * What a handler that has succeeded left at work goes on without the deadline and the signal, for it is no longer part of the call.
 */
export function ambient(): Layer<Message> {
  const iteration = (call: ServerCall, next: () => AsyncIterable<Message>): AsyncIterable<Message> => {
    const context = contextOf(call);
    const iterator = runInContext(context, () => next()[Symbol.asyncIterator]());
    const release = (step: IteratorResult<Message>) => {
      if (step.done) unbind(context);
      return step;
    };
    // A generator runs in the context of whoever asks it for a value, so each asking enters the context anew.
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => runInContext(context, () => iterator.next().then(release)),
        return: (value) =>
          runInContext(context, async () => (await iterator.return?.(value)) ?? { done: true, value }),
      }),
    };
  };
  return withUnary(iteration, () => ({ run: runUnary }));
}

function runUnary<R>(call: ServerCall, work: () => Promise<R>): Promise<R> {
  const context = contextOf(call);
  return runInContext(context, work).then((answer) => {
    unbind(context);
    return answer;
  });
}

function unbind(context: { -readonly [K in keyof AmbientContext]: AmbientContext[K] }): void {
  delete context.deadline;
  delete context.signal;
}

function contextOf(call: ServerCall): AmbientContext {
  const subject = subjectOf(call.principal);
  const { span } = call;
  const { traceparent, tracestate } = span ?? traceOf(call);
  return {
    requestId: call.requestId,
    signal: call.signal,
    criticality: criticalityOf(call),
    redactText: redactorOf(call),
    ...(call.deadline && { deadline: call.deadline }),
    ...(traceparent && { traceparent }),
    ...(tracestate && { tracestate }),
    ...(span && { span }),
    ...(subject && { subject }),
  };
}

/** The caller's trace where it is not recorded here; nothing that is malformed is passed on. */
function traceOf({ exchange: { header } }: ServerCall) {
  const traceparent = header.get("traceparent");
  if (!parseTraceparent(traceparent)) return {};
  return { traceparent, tracestate: soundTracestate(header.get("tracestate")) };
}
