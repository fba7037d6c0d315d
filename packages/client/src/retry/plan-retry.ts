import type { RetryPolicy } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import { backoffMs } from "./backoff.js";

/** How often a call that no server saw may be sent again without the contract's leave. */
export const MAX_UNSEEN_RETRIES = 3;

/** An attempt that failed, and what may be done about it. */
export interface FailedAttempt {
  readonly code: Code;
  /** Which attempt it was; 1 is the first. */
  readonly attempt: number;
  /** The method certainly never saw the request. */
  readonly unseen: boolean;
  /** The callee refused it for overload of this one instance, and has not read it. */
  readonly overloaded: boolean;
  /** Another attempt would meet the same error: it was made on this side for a reason that stays. */
  readonly hopeless: boolean;
  /** What the callee says of another attempt. */
  readonly pushback: number | "never" | undefined;
  /** Whether there is an endpoint that was not tried. */
  readonly elsewhere: boolean;
  /** Whether the callee itself answered. */
  readonly answered: boolean;
  /** Whether the request can be sent again. */
  readonly replayable: boolean;
  /** Whether repeating does no harm: no effects, idempotent, or a filled idempotency key. */
  readonly safe: boolean;
  /** What the contract allows. */
  readonly policy: RetryPolicy | undefined;
  /** Time that is left of the call. */
  readonly remainingMs: number;
}

/** Another attempt: after how long, and whether the budget pays for it. */
export interface RetryPlan {
  readonly delayMs: number;
  readonly budgeted: boolean;
}

/** Whether and when a failed attempt is followed by another; undefined for never. Pure. */
export function planRetry(failed: FailedAttempt, random: () => number): RetryPlan | undefined {
  if (failed.hopeless || !failed.replayable || failed.pushback === "never") return undefined;
  const plan = planUnseen(failed) ?? planOverloaded(failed) ?? planDeclared(failed, random);
  return plan && plan.delayMs < failed.remainingMs ? plan : undefined;
}

/** What no server saw may be sent again even if it has effects: elsewhere, or over the connection that replaces the lost one. */
function planUnseen(failed: FailedAttempt): RetryPlan | undefined {
  const { unseen, code, attempt, elsewhere, answered } = failed;
  if (!unseen || code !== Code.Unavailable || attempt > MAX_UNSEEN_RETRIES) return undefined;
  return elsewhere || !answered ? { delayMs: 0, budgeted: false } : undefined;
}

/** One instance may be overloaded where others are not: once, elsewhere, and paid for, so that it ends when all are ("Handling Overload"). */
function planOverloaded({ overloaded, elsewhere, attempt }: FailedAttempt): RetryPlan | undefined {
  return overloaded && elsewhere && attempt === 1 ? { delayMs: 0, budgeted: true } : undefined;
}

function planDeclared(failed: FailedAttempt, random: () => number): RetryPlan | undefined {
  const { policy, safe, unseen, code, attempt, pushback = 0 } = failed;
  if (!policy || !(safe || unseen) || attempt >= policy.maxAttempts) return undefined;
  // The numbers of charter.v1.Code are those of Connect's Code.
  if (!(policy.codes as readonly number[]).includes(code) || pushback === "never") return undefined;
  return { delayMs: Math.max(pushback, backoffMs(policy, attempt, random)), budgeted: true };
}
