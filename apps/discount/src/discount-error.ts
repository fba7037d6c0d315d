import { type ContractError, type ContractErrorOptions, contractError } from "@charter/server";
import { DiscountError, DiscountErrorSchema } from "@shop/contract/shop/discount/v1/errors_pb.js";

export { DiscountError };

/** An error of the discount service's contract, to be thrown by a handler. */
export function discountError(value: DiscountError, options?: ContractErrorOptions): ContractError {
  return contractError(DiscountErrorSchema, value, options);
}
