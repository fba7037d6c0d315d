import { UserError, userError } from "../user-error.js";
import { GateFullError } from "./gate.js";

/** By then a full queue has moved on by some thirty hashes. */
const retryAfterMs = 1_000;

/**
 * Runs a computation of the password hasher. @throws ContractError PASSWORD_HASHING_BUSY when too many wait for
 * theirs.
 */
export async function unlessBusy<T>(computation: Promise<T>): Promise<T> {
  try {
    return await computation;
  } catch (error) {
    if (error instanceof GateFullError) {
      throw userError(UserError.PASSWORD_HASHING_BUSY, { retryAfterMs, cause: error });
    }
    throw error;
  }
}
