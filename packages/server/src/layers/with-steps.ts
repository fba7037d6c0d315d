import type { Endpoint, LaneStep, Layer } from "../server-call.js";

type Iteration<T> = (...args: Parameters<Layer<T>>) => ReturnType<Layer<T>>;

/** A layer in both of its forms. */
export function withSteps<T>(
  iteration: Iteration<T>,
  step: (endpoint: Endpoint) => LaneStep | undefined,
): Layer<T> {
  return Object.assign(iteration, { step });
}
