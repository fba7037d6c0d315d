import { type ContractError, type ContractErrorOptions, contractError } from "@charter/server";
import { UserError, UserErrorSchema } from "@shop/contract/shop/user/v1/errors_pb.js";

export { UserError };

/** An error of the user service's contract, to be thrown by a handler. */
export function userError(value: UserError, options?: ContractErrorOptions): ContractError {
  return contractError(UserErrorSchema, value, options);
}
