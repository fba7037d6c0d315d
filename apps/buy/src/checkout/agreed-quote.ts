import { contractError } from "@charter/server";
import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { QuoteOption } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { Money } from "@shop/contract/shop/type/v1/money_pb.js";
import type { Kysely } from "kysely";
import type { Price } from "../domain/pricing.js";
import { type Basket, basketOf } from "../quoting/basket.js";
import { type BasketQuote, type QuoteRequest, quoteBasket } from "../quoting/quote-basket.js";
import type { QuotingDeps } from "../quoting/quoting-deps.js";
import { readCart } from "../store/carts.js";

/** What the shopper has agreed to. */
export interface Agreement {
  readonly cartVersion: bigint;
  readonly expectedTotal: Money;
}

/** A price that was computed just now and is the one agreed to, with all that an order needs of it. */
export interface AgreedQuote {
  readonly basket: Basket;
  readonly price: Price;
  /** Names the delivery service's quote. */
  readonly quoteId: string;
  readonly option: QuoteOption;
}

/**
 * Prices the user's cart anew and holds it against what the shopper agreed to. Nothing is given away that a service has not
 * confirmed: without the delivery service there is no price, and without the discount service only the full one.
 *
 * @throws ContractError CART_CHANGED, CART_EMPTY, PRODUCT_WITHDRAWN, ADDRESS_NOT_SERVED, DELIVERY_UNAVAILABLE,
 *   DELIVERY_OPTION_UNAVAILABLE, DISCOUNTS_UNAVAILABLE or PRICE_CHANGED, the first that holds
 */
export async function agreedQuote(
  deps: QuotingDeps & { readonly db: Kysely<unknown> },
  { agreement, request }: { readonly agreement: Agreement; readonly request: QuoteRequest },
  context: { readonly deadline: Deadline; readonly log: Logger },
): Promise<AgreedQuote> {
  const cart = await readCart(deps.db, request.customerId);
  checkCartVersion(agreement.cartVersion, cart.version);
  const basket = await basketOf(deps.db, cart);
  const withdrawn = basket.withdrawnSkus[0];
  if (withdrawn !== undefined) {
    throw contractError(BuyErrorSchema, BuyError.PRODUCT_WITHDRAWN, { metadata: { sku: withdrawn } });
  }
  const quote = await quoteBasket(deps, { basket, request }, context);
  if (quote.delivery?.kind !== "quoted" || quote.option === undefined) {
    throw contractError(BuyErrorSchema, BuyError.DELIVERY_UNAVAILABLE);
  }
  checkTotal(agreement.expectedTotal, quote);
  return { basket, price: quote.price, quoteId: quote.delivery.quoteId, option: quote.option };
}

/** @throws ContractError CART_CHANGED when the cart has another version than the shopper has seen */
export function checkCartVersion(agreed: bigint, current: bigint): void {
  if (agreed === current) return;
  const metadata = { version: String(current) };
  throw contractError(BuyErrorSchema, BuyError.CART_CHANGED, { metadata });
}

function checkTotal(expected: Money, { price, discountsEvaluated }: BasketQuote): void {
  if (expected.minor === price.totalMinor && expected.currencyCode === price.currencyCode) return;
  if (!discountsEvaluated) throw contractError(BuyErrorSchema, BuyError.DISCOUNTS_UNAVAILABLE);
  const metadata = {
    expected_minor: String(expected.minor),
    total_minor: String(price.totalMinor),
    currency_code: price.currencyCode,
  };
  throw contractError(BuyErrorSchema, BuyError.PRICE_CHANGED, { metadata });
}
