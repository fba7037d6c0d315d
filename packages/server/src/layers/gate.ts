import type { Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

/** A layer that only lets pass or throws. */
export function gate<T>(check: (call: ServerCall) => void | Promise<void>): Layer<T> {
  const step = { enter: check };
  return withSteps(
    async function* (call, next) {
      await check(call);
      yield* next();
    },
    () => step,
  );
}
