import { type ContractError, contractError } from "@charter/server";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";

/** An error of delivery's contract, with facts for a program where it has some. */
export function deliveryError(
  error: DeliveryError,
  metadata: Readonly<Record<string, string>> = {},
): ContractError {
  return contractError(DeliveryErrorSchema, error, { metadata });
}

export { DeliveryError };
