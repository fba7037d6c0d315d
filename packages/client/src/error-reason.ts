import type { GenEnum } from "@bufbuild/protobuf/codegenv2";
import { ErrorInfoSchema, RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { errorCatalogue } from "@charter/policy";
import { ConnectError } from "@connectrpc/connect";

/** Why a callee refused, for a program. */
export interface CallErrorReason {
  /** Name of the error enum's value without its prefix, e.g. "PRICE_CHANGED". */
  readonly reason: string;
  /** Package of the error enum, e.g. "shop.buy.v1". */
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reason that came with an error, or undefined when it carries none. Takes anything that was thrown. */
export function errorReason(error: unknown): CallErrorReason | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const [info] = error.findDetails(ErrorInfoSchema);
  return info && { reason: info.reason, domain: info.domain, metadata: info.metadata };
}

/** Whether an error is this one of the contract: `isContractError(error, BuyErrorSchema, BuyError.PRICE_CHANGED)`. */
export function isContractError<E extends number>(
  error: unknown,
  schema: GenEnum<E>,
  value: E,
): error is ConnectError {
  const catalogue = errorCatalogue(schema);
  const found = errorReason(error);
  return found?.domain === catalogue.domain && catalogue.byReason.get(found.reason)?.number === value;
}

/** How long the callee asks to wait before another attempt, in milliseconds; undefined when it does not say. */
export function retryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return delay && Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000;
}
