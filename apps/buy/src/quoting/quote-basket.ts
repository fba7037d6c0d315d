import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import type { QuoteOption, ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { RefusedCode } from "@shop/contract/shop/discount/v1/evaluation_pb.js";
import { type Price, PricingError, priceBasket } from "../domain/pricing.js";
import type { Basket } from "./basket.js";
import { type DiscountAnswer, evaluateDiscounts } from "./evaluate-discounts.js";
import { chooseOption, type DeliveryAnswer, type Destination, quoteDelivery } from "./quote-delivery.js";
import type { QuotingDeps } from "./quoting-deps.js";

/** The country whose tax applies while no address is given. */
const HOME_COUNTRY = "GB";

/** What to price besides the basket. */
export interface QuoteRequest {
  readonly customerId: string;
  readonly codes: readonly string[];
  /** Undefined for a price without shipping. */
  readonly destination: Destination | undefined;
  /** UNSPECIFIED for the cheapest that needs no slot. */
  readonly serviceLevel: ServiceLevel;
}

/** What a basket costs, and what that follows from. */
export interface BasketQuote {
  readonly price: Price;
  /** False when discounts could not be evaluated; the price then has none. */
  readonly discountsEvaluated: boolean;
  readonly refusedCodes: readonly RefusedCode[];
  /** Undefined when no destination was given. */
  readonly delivery: DeliveryAnswer | undefined;
  /** The way of delivery that the price includes. */
  readonly option: QuoteOption | undefined;
}

/**
 * Prices a basket. Delivery is asked first, for discounts may be taken off its charge. A service that does not answer is no error:
 * the quote says what it lacks.
 *
 * @throws ContractError ADDRESS_NOT_SERVED, DELIVERY_OPTION_UNAVAILABLE, or INVALID_ARGUMENT for an impossible postal code
 */
export async function quoteBasket(
  deps: QuotingDeps,
  { basket, request }: { readonly basket: Basket; readonly request: QuoteRequest },
  context: { readonly deadline: Deadline; readonly log: Logger },
): Promise<BasketQuote> {
  const { items, currencyCode } = basket;
  const { destination, codes, customerId } = request;
  const delivery = destination && (await quoteDelivery(deps, { items, destination }, context));
  const option =
    delivery?.kind === "quoted" ? chooseOption(delivery.options, request.serviceLevel) : undefined;
  const question = { customerId, currencyCode, items, codes, shippingMinor: option?.price?.minor };
  const discounts = await evaluateDiscounts(deps, question, context);
  const priced = priceWith(discounts, { basket, destination, option }, context.log);
  return { ...priced, delivery, option };
}

interface Parts {
  readonly basket: Basket;
  readonly destination: Destination | undefined;
  readonly option: QuoteOption | undefined;
}

function priceWith(discounts: DiscountAnswer, { basket, destination, option }: Parts, log: Logger) {
  const input = {
    currencyCode: basket.currencyCode,
    countryCode: destination?.countryCode ?? HOME_COUNTRY,
    lines: basket.items.map(({ lineNumber, product, quantity }) => ({
      lineNumber,
      sku: product.sku,
      name: product.name,
      quantity,
      unitPriceMinor: product.priceMinor,
      taxCategory: product.taxCategory,
    })),
    shippingMinor: option?.price?.minor ?? 0n,
  };
  const undiscounted = () => ({
    price: priceBasket({ ...input, adjustments: [] }),
    discountsEvaluated: false,
    refusedCodes: [],
  });
  if (discounts.kind === "unavailable") return undiscounted();
  try {
    const price = priceBasket({ ...input, adjustments: discounts.adjustments });
    return { price, discountsEvaluated: true, refusedCodes: discounts.refusedCodes };
  } catch (error) {
    // An evaluation that does not fit the basket is as good as none; nobody is charged by it.
    if (!(error instanceof PricingError)) throw error;
    log.error({ err: error }, "the discount service answered an evaluation that does not fit the basket");
    return undiscounted();
  }
}
