import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";

/** A request message passes its cap. */
export function tooLarge(maxBytes: number): ContractError {
  return chassisError(ChassisError.REQUEST_TOO_LARGE, {
    message: `The request message is larger than ${maxBytes} bytes.`,
    metadata: { max_request_bytes: String(maxBytes) },
    quotas: [
      { subject: "payload.max_request_bytes", description: `at most ${maxBytes} bytes, decompressed` },
    ],
  });
}

/** A request cannot be read. `why` must not repeat data that may be personal. */
export function malformed(why: string): ContractError {
  return chassisError(ChassisError.REQUEST_MALFORMED, {
    message: `The request cannot be decoded: ${why}.`,
    fieldViolations: [{ field: "", description: why }],
  });
}
