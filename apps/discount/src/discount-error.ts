import { type ContractError, type ContractErrorOptions, contractError } from "@charter/server";
import { DiscountError, DiscountErrorSchema } from "@shop/contract/shop/discount/v1/errors_pb.js";

/** An error of this service's contract, by its reason: `discountError("LIMIT_REACHED", {metadata: {campaign_id}})`. */
export function discountError(
  reason: Exclude<keyof typeof DiscountError, "UNSPECIFIED">,
  options: ContractErrorOptions = {},
): ContractError {
  return contractError(DiscountErrorSchema, DiscountError[reason], options);
}
