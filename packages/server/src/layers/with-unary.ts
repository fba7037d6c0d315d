import type { Endpoint, Layer, UnaryStep } from "../server-call.js";

type Iteration<T> = (...args: Parameters<Layer<T>>) => ReturnType<Layer<T>>;

/** A layer in both of its forms. */
export function withUnary<T>(
  iteration: Iteration<T>,
  unary: (endpoint: Endpoint) => UnaryStep | undefined,
): Layer<T> {
  return Object.assign(iteration, { unary });
}
