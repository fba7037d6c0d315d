import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Layer } from "../server-call.js";
import { gate } from "./gate.js";

/** An operator who watches needs a moment, and another instance may have the method. */
const RETRY_AFTER_MS = 5_000;

/** What an operator has switched off does no work. */
export function disabled<T>(): Layer<T> {
  return gate((call) => {
    if (call.endpoint.disabled)
      throw chassisError(ChassisError.METHOD_DISABLED, { retryAfterMs: RETRY_AFTER_MS });
  });
}
