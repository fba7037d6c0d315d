import { Code, ConnectError } from "@connectrpc/connect";
import type { Admission } from "../admission/admission.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { waitOver } from "./wait-over.js";
import { withSteps } from "./with-steps.js";

/**
 * Lets in as many calls as the contract allows and the process can bear; the others wait for a short time or are refused. A stream keeps its
 * slot while it is open.
 */
export function admit<T>(admission: Admission): Layer<T> {
  const step: LaneStep = {
    awaitsRequest: true,
    enter: (call) => admission.admit(call),
    leave: (call, thrown) => call.slot?.release(thrown === undefined || isDeadlineExceeded(thrown)),
  };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    const wait = admission.admit(call);
    if (wait) await waitOver(wait, call.signal);
    // A caller that leaves, and a request that is refused early, say nothing of how long the method takes.
    let tellsLatency = false;
    try {
      yield* next();
      tellsLatency = true;
    } catch (thrown) {
      tellsLatency = isDeadlineExceeded(thrown);
      throw thrown;
    } finally {
      call.slot?.release(tellsLatency);
    }
  };
  return withSteps(iteration, () => step);
}

function isDeadlineExceeded(thrown: unknown): boolean {
  return ConnectError.from(thrown).code === Code.DeadlineExceeded;
}
