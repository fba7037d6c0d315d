import type { Layer, ServerCall } from "../server-call.js";

/** A layer that only lets pass or throws. */
export function gate<T>(check: (call: ServerCall) => void | Promise<void>): Layer<T> {
  return async function* (call, next) {
    await check(call);
    yield* next();
  };
}
