import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";

/** What refused callers are told to wait, spread so that they do not come back together. */
const RETRY_AFTER_MS = [500, 650, 800, 950, 1_100, 1_250, 1_400, 1_550];

const all = new WeakSet<object>();

/** Whether an error is one of those that calls get which are refused for load. */
export function isRefusal(error: unknown): error is ContractError {
  return typeof error === "object" && error !== null && all.has(error);
}

/** Errors for refused calls, made once: under overload a refusal has to cost next to nothing, and an error's trace and details do not. */
export class Refusals {
  readonly #errors: readonly ContractError[];
  readonly #random: () => number;

  /** @param random draws from 0 up to 1. Default: Math.random. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
    this.#errors = RETRY_AFTER_MS.map((retryAfterMs) =>
      chassisError(ChassisError.OVERLOADED, { retryAfterMs }),
    );
    for (const error of this.#errors) all.add(error);
  }

  /** One of them. It is shared between calls and never changed. */
  next(): ContractError {
    const drawn = this.#errors[Math.floor(this.#random() * this.#errors.length)];
    return drawn ?? chassisError(ChassisError.OVERLOADED, { retryAfterMs: RETRY_AFTER_MS[0] ?? 0 });
  }
}
