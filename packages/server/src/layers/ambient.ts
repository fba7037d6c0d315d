import type { Message } from "@bufbuild/protobuf";
import { runInContext } from "@charter/telemetry";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { CallContext } from "./call-context.js";
import { withSteps } from "./with-steps.js";

/**
 * Lets every statement, call and log line that the handler causes inherit this call's deadline, signal, id, trace, subject and criticality.
 * What a handler that has succeeded left at work goes on without the deadline and the signal, for it is no longer part of the call.
 */
export function ambient(): Layer<Message> {
  const iteration = (call: ServerCall, next: () => AsyncIterable<Message>): AsyncIterable<Message> => {
    const context = new CallContext(call);
    const iterator = runInContext(context, () => next()[Symbol.asyncIterator]());
    const release = (step: IteratorResult<Message>) => {
      if (step.done) call.isHandled = true;
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
  return withSteps(iteration, () => step);
}

const step: LaneStep = {
  run: (call, request, work) => runInContext(new CallContext(call), work, call, request),
};
