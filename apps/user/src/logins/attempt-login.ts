import { createHash } from "node:crypto";
import { inTransaction } from "@charter/postgres";
import { networkOf } from "../domain/network-of.js";
import { accountLimits, addressLimits, throttleWaitMs } from "../domain/throttle.js";
import type { UserDeps } from "../handlers/user-deps.js";
import { chargeAttempt, forgiveFailure, readThrottle } from "../store/login-throttles.js";
import type { UserDatabase } from "../store/schema.js";
import { UserError, userError } from "../user-error.js";

/** Whose failures are counted. */
export interface Attempt {
  /** The e-mail address, normalised, whether it has an account or not. */
  readonly emailNormal: string;
  /** The network address of the peer. */
  readonly peerAddress: string;
}

/**
 * Lets `check` look at a password unless too many attempts failed before, and returns what it gives; undefined is a
 * failure. The attempt counts as failed from the start, so that many at once gain nothing; the caller takes that
 * back with `forgetThrottle(accountKey(…))` in the transaction that acts on the success.
 *
 * @throws ContractError TOO_MANY_ATTEMPTS, INVALID_CREDENTIALS; what `check` throws, without counting it as a
 * failure
 */
export async function attemptLogin<T>(
  { db, clock }: Pick<UserDeps, "db" | "clock">,
  { emailNormal, peerAddress }: Attempt,
  check: () => Promise<T | undefined>,
): Promise<T> {
  const account = accountKey(emailNormal);
  const address = hashed("address", networkOf(peerAddress));
  refuseIfWaiting(throttleWaitMs(await readThrottle(db, address), clock.nowMs()));
  refuseIfWaiting(await inTransaction(db, (tx) => chargeAttempt(tx, account, accountLimits, clock.nowMs())));
  const passed = await checked(db, account, check);
  if (passed !== undefined) return passed;
  await inTransaction(db, (tx) => chargeAttempt(tx, address, addressLimits, clock.nowMs()));
  throw userError(UserError.INVALID_CREDENTIALS);
}

/** The name under which the failures for an e-mail address are kept; it does not show the address. */
export function accountKey(emailNormal: string): string {
  return hashed("account", emailNormal);
}

function hashed(kind: string, value: string): string {
  return `${kind}:${createHash("sha256").update(value).digest("base64url")}`;
}

function refuseIfWaiting(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw userError(UserError.TOO_MANY_ATTEMPTS, { retryAfterMs });
}

async function checked<T>(
  db: UserDatabase,
  account: string,
  check: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    await forgiveFailure(db, account);
    throw error;
  }
}
