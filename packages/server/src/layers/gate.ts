import type { Layer, ServerCall } from "../server-call.js";
import { withUnary } from "./with-unary.js";

/** A layer that only lets pass or throws. */
export function gate<T>(check: (call: ServerCall) => void | Promise<void>): Layer<T> {
  const step = { enter: check };
  return withUnary(
    async function* (call, next) {
      await check(call);
      yield* next();
    },
    () => step,
  );
}
