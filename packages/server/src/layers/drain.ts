import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Lifecycle } from "../lifecycle.js";
import type { Layer, ServerCall } from "../server-call.js";
import { gate } from "./gate.js";

/** What a refused caller is told to wait before it tries this or another instance. */
const RETRY_AFTER_MS = 1_000;

/**
 * While the server shuts down, new calls are refused; health goes on answering. A stream of requests that was on its way when callers were told
 * to go is taken: they cannot send it again elsewhere, and open no other here.
 */
export function drain<T>(lifecycle: Lifecycle): Layer<T> {
  return gate((call) => {
    if (!lifecycle.draining || call.endpoint.servesWhileDraining || streamsRequests(call)) return;
    throw chassisError(ChassisError.DRAINING, { retryAfterMs: RETRY_AFTER_MS });
  });
}

const streamsRequests = ({ policy }: Pick<ServerCall, "policy">) =>
  policy.kind === "client_streaming" || policy.kind === "bidi_streaming";
