import { invalidArgument } from "@charter/server";

/**
 * The value of a field that the contract requires. Validation has seen to it already; the type of a message cannot say so.
 *
 * @throws ContractError INVALID_ARGUMENT when it is not set
 */
export function requireSet<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw invalidArgument(field, "must be set");
  return value;
}
