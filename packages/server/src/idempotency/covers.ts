import type { MethodPolicy } from "@charter/policy";
import type { IdempotencyOptions } from "./idempotency-store.js";

/** Whether the layer keeps the method's promise, rather than its handler. */
export function covers(options: IdempotencyOptions | undefined, policy: MethodPolicy): boolean {
  return options !== undefined && policy.idempotency !== undefined && policy.kind === "unary";
}
