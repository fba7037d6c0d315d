import { KeyReusedError } from "@charter/postgres";
import { contractError } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";

/**
 * Runs what is kept under an idempotency key.
 *
 * @throws ContractError IDEMPOTENCY_KEY_REUSED when the key was used with another request
 */
export async function refuseReusedKey<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof KeyReusedError)) throw error;
    throw contractError(BuyErrorSchema, BuyError.IDEMPOTENCY_KEY_REUSED, { cause: error });
  }
}
