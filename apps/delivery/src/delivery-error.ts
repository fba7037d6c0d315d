import { type ContractError, type ContractErrorOptions, contractError } from "@charter/server";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";

export { DeliveryError };

/** An error of the delivery service's contract, to be thrown by a handler. */
export function deliveryError(value: DeliveryError, options?: ContractErrorOptions): ContractError {
  return contractError(DeliveryErrorSchema, value, options);
}
