import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { CheckoutOrder } from "../store/checkout-orders.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { STEP, stepKey } from "./checkout-keys.js";
import { CheckoutRefused } from "./checkout-refused.js";
import type { CheckoutStep } from "./checkout-step.js";
import { refusalOf } from "./refusal-of.js";

/** Holds the slot that the shopper picked. An order without a slot asks nothing. */
export const reserveSlot = (deps: CheckoutDeps): CheckoutStep => ({
  name: STEP.reserveSlot,
  kind: "compensable",
  async run({ state, signal }) {
    const order = await deps.orders.read(state.orderId);
    if (order.delivery.slotId === "") return;
    state.slotExpiresAtMs = await holdSlot(deps, order, signal);
  },
  async compensate({ state, signal }) {
    const order = await deps.orders.read(state.orderId);
    if (order.delivery.slotId === "") return;
    await deps.delivery.releaseSlot({ reservationKey: slotKeyOf(order.id) }, { signal });
  },
});

/** The key under which the slot of an order is held. */
export function slotKeyOf(orderId: string): string {
  return stepKey(orderId, STEP.reserveSlot);
}

/** Holds the order's slot, anew where it had lapsed; answers until when. Throws CheckoutRefused where it is gone. */
export async function holdSlot(
  { delivery }: CheckoutDeps,
  { id, delivery: choice }: CheckoutOrder,
  signal: AbortSignal,
): Promise<number> {
  const request = { reservationKey: slotKeyOf(id), slotId: choice.slotId, quoteId: choice.quoteId };
  try {
    const { expireTime } = await delivery.reserveSlot(request, { signal });
    return expireTime ? timestampMs(expireTime) : 0;
  } catch (error) {
    if (refusalOf(error, "shop.delivery.v1") === undefined) throw error;
    const explanation =
      "The delivery slot is no longer free. Nothing was charged; please choose another one.";
    throw new CheckoutRefused({ reason: "DELIVERY_REFUSED", explanation });
  }
}
