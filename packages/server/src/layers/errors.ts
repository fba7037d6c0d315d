import { outgoingError } from "../errors/outgoing-error.js";
import type { Layer } from "../server-call.js";

/** Sees to it that only declared errors leave: whatever is thrown below becomes one. */
export function errors<T>(): Layer<T> {
  return async function* (call, next) {
    try {
      yield* next();
    } catch (thrown) {
      throw outgoingError(thrown, call);
    }
  };
}
