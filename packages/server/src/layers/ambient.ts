import type { Message } from "@bufbuild/protobuf";
import { type AmbientContext, runInContext } from "@charter/telemetry";
import { criticalityOf } from "../admission/criticality-of.js";
import { subjectOf } from "../principal-subject.js";
import type { Layer, ServerCall } from "../server-call.js";

/** Lets every call and log line that the handler causes inherit this call's deadline, id, trace, subject and criticality. */
export function ambient(): Layer<Message> {
  return (call, next) => {
    const context = contextOf(call);
    const iterator = runInContext(context, () => next()[Symbol.asyncIterator]());
    // A generator runs in the context of whoever asks it for a value, so each asking enters the context anew.
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => runInContext(context, () => iterator.next()),
        return: (value) =>
          runInContext(context, async () => (await iterator.return?.(value)) ?? { done: true, value }),
      }),
    };
  };
}

function contextOf(call: ServerCall): AmbientContext {
  const subject = subjectOf(call.principal);
  const { span } = call;
  const traceparent = span?.traceparent ?? call.exchange.header.get("traceparent");
  const tracestate = span ? span.tracestate : call.exchange.header.get("tracestate");
  return {
    requestId: call.requestId,
    signal: call.signal,
    criticality: criticalityOf(call),
    ...(call.deadline && { deadline: call.deadline }),
    ...(traceparent && { traceparent }),
    ...(tracestate && { tracestate }),
    ...(span && { span }),
    ...(subject && { subject }),
  };
}
