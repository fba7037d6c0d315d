import type { ConnectError } from "@connectrpc/connect";
import { ContractError } from "./contract-error.js";

/** The declared reason of an error, e.g. "PRICE_CHANGED"; undefined when it has none. */
export function errorReasonOf(error: ConnectError): string | undefined {
  return error instanceof ContractError ? error.reason : undefined;
}
