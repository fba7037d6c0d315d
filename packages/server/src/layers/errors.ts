import { outgoingError } from "../errors/outgoing-error.js";
import type { Layer, Leave, ServerCall } from "../server-call.js";
import { withUnary } from "./with-unary.js";

/** Sees to it that only declared errors leave: whatever is thrown below becomes one. */
export function errors<T>(): Layer<T> {
  const enter = (call: ServerCall): Leave => {
    return (thrown) => (thrown === undefined ? undefined : outgoingError(thrown, call));
  };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* next();
    } catch (thrown) {
      throw outgoingError(thrown, call);
    }
  };
  return withUnary(iteration, () => ({ enter }));
}
