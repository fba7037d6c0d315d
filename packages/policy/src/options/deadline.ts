import type { Compilation } from "../compilation.js";
import type { DeadlinePolicy } from "../method-policy.js";

const DEFAULT_MS = 5_000;
const DEFAULT_MAX_MS = 30_000;
/** A unary call that is allowed to take longer than a day is a mistake in the contract. */
const LONGEST_MS = 86_400_000;

export function compileDeadline(work: Compilation): DeadlinePolicy {
  const defaultMs = work.pick("deadline.defaultMs", (it) => it.deadline?.defaultMs, DEFAULT_MS);
  const maxMs = work.pick("deadline.maxMs", (it) => it.deadline?.maxMs, DEFAULT_MAX_MS);
  work.require(defaultMs >= 1, "deadline.default_ms", "must be at least 1");
  work.require(maxMs <= LONGEST_MS, "deadline.max_ms", `must be at most ${LONGEST_MS}`);
  work.require(
    defaultMs <= maxMs,
    "deadline.default_ms",
    `${defaultMs} is longer than deadline.max_ms, ${maxMs}`,
  );
  return { defaultMs, maxMs };
}
