import { ChassisError, ChassisErrorSchema } from "@charter/contract/charter/v1/errors_pb.js";
import { ContractError, type ContractErrorOptions, contractError } from "./contract-error.js";

export { ChassisError };

/** An error that the chassis itself gives. */
export function chassisError(value: ChassisError, options?: ContractErrorOptions): ContractError {
  return contractError(ChassisErrorSchema, value, options);
}

/** Whether the chassis itself gave an error, rather than a service. */
export function isOfChassis(error: unknown): boolean {
  return error instanceof ContractError && error.domain === ChassisErrorSchema.file.proto.package;
}

/** NOT_FOUND without a reason of the service's own. `message` is one sentence for the developer who reads the answer. */
export function notFound(message?: string): ContractError {
  return chassisError(ChassisError.NOT_FOUND, message === undefined ? {} : { message });
}

/** INVALID_ARGUMENT for one field, by its path in the proto, where protovalidate cannot express the rule. */
export function invalidArgument(field: string, description: string): ContractError {
  return chassisError(ChassisError.REQUEST_INVALID, {
    message: `${field}: ${description}`,
    fieldViolations: [{ field, description }],
  });
}
