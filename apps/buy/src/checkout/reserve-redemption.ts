import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { CheckoutOrder } from "../store/checkout-orders.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP, stepKey } from "./checkout-keys.js";
import { CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutStep } from "./checkout-step.js";
import { refusalOf } from "./refusal-of.js";

/** Longer than any checkout takes to be confirmed and committed, so that the discount never lapses behind a confirmed order. */
const HOLD_S = 4 * 60 * 60;

/** Holds the discounts that the order uses. An order without any asks nothing. */
export const reserveRedemption = (deps: CheckoutDeps): CheckoutStep => ({
  name: STEP.reserveRedemption,
  kind: "compensable",
  async run({ state, signal }) {
    const order = await deps.orders.read(state.orderId);
    if (order.discounts.length === 0) return;
    state.redemptionExpiresAtMs = await holdRedemption(deps, order, signal);
  },
  async compensate({ state, signal }) {
    const order = await deps.orders.read(state.orderId);
    if (order.discounts.length === 0) return;
    await deps.discount.releaseRedemption({ redemptionId: redemptionIdOf(order.id) }, { signal });
  },
});

/** The id of the redemption of an order. */
export function redemptionIdOf(orderId: string): string {
  return stepKey(orderId, STEP.reserveRedemption);
}

/** Holds the order's discounts, anew where they had lapsed; answers until when. Throws CheckoutRefused where they are gone. */
export async function holdRedemption(
  { discount }: CheckoutDeps,
  order: CheckoutOrder,
  signal: AbortSignal,
): Promise<number> {
  const currencyCode = order.currencyCode;
  const request = {
    redemptionId: redemptionIdOf(order.id),
    orderId: order.id,
    customerId: order.userId,
    items: order.discounts.map(({ campaignId, code, amountMinor }) => ({
      campaignId,
      code,
      amount: { currencyCode, minor: amountMinor },
    })),
    ttlS: HOLD_S,
  };
  try {
    const { redemption } = await discount.reserveRedemption(request, { signal });
    return redemption?.expireTime ? timestampMs(redemption.expireTime) : 0;
  } catch (error) {
    const reason = refusalOf(error, "shop.discount.v1");
    if (reason === undefined) throw error;
    throw new CheckoutRefused({ reason: "DISCOUNT_REFUSED", explanation: explain(reason) });
  }
}

function explain(reason: string): string {
  if (reason === "CUSTOMER_LIMIT_REACHED") return "You have used the discount as often as one customer may.";
  return "The discount ran out before the order could be completed. Nothing was charged; please look at the price again.";
}
