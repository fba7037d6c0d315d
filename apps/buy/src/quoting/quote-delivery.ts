import { isContractError } from "@charter/client";
import { contractError, invalidArgument } from "@charter/server";
import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";
import { type QuoteOption, ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { BasketItem } from "./basket.js";
import { shareOf } from "./deadline-share.js";
import type { QuotingDeps } from "./quoting-deps.js";

/** Delivery is priced for this where a product's weight is unknown. */
const UNKNOWN_WEIGHT_GRAMS = 100;

/** Where a basket goes, as far as its price needs it. */
export interface Destination {
  readonly countryCode: string;
  readonly postalCode: string;
}

/** What the delivery service says. */
export type DeliveryAnswer =
  | { readonly kind: "unavailable" }
  | {
      readonly kind: "quoted";
      /** Names the quote to the delivery service. */
      readonly quoteId: string;
      /** Cheapest first; empty when nothing carries this basket there. */
      readonly options: readonly QuoteOption[];
    };

/**
 * Asks what it costs to send a basket. A delivery service that does not answer is no error.
 *
 * @throws ContractError ADDRESS_NOT_SERVED, or INVALID_ARGUMENT for a postal code that the country cannot have
 */
export async function quoteDelivery(
  { delivery }: Pick<QuotingDeps, "delivery">,
  { items, destination }: { readonly items: readonly BasketItem[]; readonly destination: Destination },
  { deadline, log }: { readonly deadline: Deadline; readonly log: Logger },
): Promise<DeliveryAnswer> {
  const parcels = items.map(({ product, quantity }) => ({
    quantity,
    weightGrams: product.weightGrams || UNKNOWN_WEIGHT_GRAMS,
  }));
  try {
    const { quoteId, options } = await delivery.quote(
      { destination, items: parcels },
      { timeoutMs: shareOf(deadline) },
    );
    return { kind: "quoted", quoteId, options };
  } catch (error) {
    return afterFailure(error, destination, log);
  }
}

function afterFailure(error: unknown, destination: Destination, log: Logger): DeliveryAnswer {
  if (isContractError(error, DeliveryErrorSchema, DeliveryError.DESTINATION_NOT_SERVED)) {
    const metadata = { country_code: destination.countryCode };
    throw contractError(BuyErrorSchema, BuyError.ADDRESS_NOT_SERVED, { metadata, cause: error });
  }
  if (isContractError(error, DeliveryErrorSchema, DeliveryError.ITEM_TOO_LARGE)) {
    return { kind: "quoted", quoteId: "", options: [] };
  }
  if (error instanceof ConnectError && error.code === Code.InvalidArgument) {
    throw invalidArgument("ship_to.postal_code", "is none of this country");
  }
  log.warn({ err: error }, "delivery could not be quoted");
  return { kind: "unavailable" };
}

/**
 * The option of this service level; with UNSPECIFIED the cheapest that needs no slot, or undefined when there is none.
 *
 * @throws ContractError DELIVERY_OPTION_UNAVAILABLE when the level is not offered
 */
export function chooseOption(
  options: readonly QuoteOption[],
  serviceLevel: ServiceLevel,
): QuoteOption | undefined {
  if (serviceLevel === ServiceLevel.UNSPECIFIED) {
    return options.find((option) => option.serviceLevel !== ServiceLevel.SLOT);
  }
  const chosen = options.find((option) => option.serviceLevel === serviceLevel);
  if (chosen) return chosen;
  const metadata = { service_level: ServiceLevel[serviceLevel] };
  throw contractError(BuyErrorSchema, BuyError.DELIVERY_OPTION_UNAVAILABLE, { metadata });
}
