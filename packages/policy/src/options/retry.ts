import { Code } from "@charter/contract/charter/v1/code_pb.js";
import type { Compilation } from "../compilation.js";
import type { Effects, IdempotencyPolicy, RetryPolicy } from "../method-policy.js";

const DEFAULT_ATTEMPTS = 3;
const MOST_ATTEMPTS = 5;
const DEFAULT_BACKOFF_MS = 50;
const DEFAULT_MAX_BACKOFF_MS = 1_000;
const DEFAULT_MULTIPLIER = 2;

export function compileRetry(
  work: Compilation,
  effects: Effects,
  idempotency: IdempotencyPolicy | undefined,
): RetryPolicy | undefined {
  if (!work.find("retry", (it) => it.retry)) return undefined;
  const maxAttempts = work.pick("retry.maxAttempts", (it) => it.retry?.maxAttempts, DEFAULT_ATTEMPTS);
  if (maxAttempts === 1) return undefined;
  const policy = readRetry(work, maxAttempts);
  requireSense(work, policy);
  work.require(
    effects !== "effects" || idempotency !== undefined,
    "retry",
    "repeats a method with effects; declare idempotency or an idempotency_level, or turn it off with max_attempts: 1",
  );
  return policy;
}

function readRetry(work: Compilation, maxAttempts: number): RetryPolicy {
  return {
    maxAttempts,
    backoffMs: work.pick("retry.backoffMs", (it) => it.retry?.backoffMs, DEFAULT_BACKOFF_MS),
    maxBackoffMs: work.pick("retry.maxBackoffMs", (it) => it.retry?.maxBackoffMs, DEFAULT_MAX_BACKOFF_MS),
    multiplier: work.pick("retry.multiplier", (it) => it.retry?.multiplier, DEFAULT_MULTIPLIER),
    codes: work.pick("retry.codes", (it) => (it.retry?.codes.length ? it.retry.codes : undefined), [
      Code.UNAVAILABLE,
    ]),
  };
}

function requireSense(work: Compilation, policy: RetryPolicy): void {
  const { maxAttempts, backoffMs, maxBackoffMs, multiplier, codes } = policy;
  work.require(
    maxAttempts >= 1 && maxAttempts <= MOST_ATTEMPTS,
    "retry.max_attempts",
    `must be from 2 to ${MOST_ATTEMPTS}, or 1 to turn it off`,
  );
  work.require(
    backoffMs >= 1 && backoffMs <= maxBackoffMs,
    "retry.backoff_ms",
    "must be from 1 to max_backoff_ms",
  );
  work.require(multiplier >= 1, "retry.multiplier", "must be at least 1");
  work.require(!codes.includes(Code.OK_UNSPECIFIED), "retry.codes", "must not contain success");
}
