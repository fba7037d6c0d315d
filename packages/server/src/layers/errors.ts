import type { ConnectError } from "@connectrpc/connect";
import { isOfChassis } from "../errors/chassis-error.js";
import { outgoingError } from "../errors/outgoing-error.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

/**
 * Sees to it that only declared errors leave: whatever is thrown below becomes one.
 *
 * @param chassisDetails whether errors of the chassis' own take their details along
 */
export function errors<T>(chassisDetails: boolean): Layer<T> {
  const outgoing = (thrown: unknown, call: ServerCall): ConnectError => {
    const error = outgoingError(thrown, call);
    if (!chassisDetails && isOfChassis(error)) error.details = [];
    return error;
  };
  const step: LaneStep = {
    leave: (call, thrown) => (thrown === undefined ? undefined : outgoing(thrown, call)),
  };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* next();
    } catch (thrown) {
      throw outgoing(thrown, call);
    }
  };
  return withSteps(iteration, () => step);
}
