import { type Kysely, sql } from "kysely";
import type { OrderAddress, OrderDelivery } from "../domain/order.js";
import type { OrderState } from "../domain/order-state.js";
import type { CancelRequest, OrderedCart } from "./order-write.js";

/** What the checkout needs to know of an order. */
export interface CheckoutOrder {
  readonly id: string;
  readonly userId: string;
  readonly state: OrderState;
  readonly currencyCode: string;
  readonly totalMinor: bigint;
  readonly paymentMethod: string;
  readonly shipTo: OrderAddress;
  readonly delivery: OrderDelivery;
  readonly cart: OrderedCart;
  readonly discounts: readonly CheckoutDiscount[];
  readonly lines: readonly { readonly lineNumber: number; readonly sku: string; readonly quantity: number }[];
  readonly cancelRequest: CancelRequest | undefined;
}

/** One discount that the order uses. */
export interface CheckoutDiscount {
  readonly campaignId: string;
  /** Empty for an automatic discount. */
  readonly code: string;
  readonly amountMinor: bigint;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly state: OrderState;
  readonly currency_code: string;
  readonly total_minor: bigint;
  readonly payment_method: string;
  readonly ship_to: OrderAddress;
  readonly delivery: OrderDelivery;
  readonly cart: OrderedCart;
  readonly adjustments: readonly {
    readonly campaignId: string;
    readonly code: string;
    readonly amountMinor: string;
  }[];
  readonly cancel_request: CancelRequest | null;
  readonly lines: CheckoutOrder["lines"];
}

/** Reads an order that was placed here. Throws when there is none: a checkout never begins without its order. */
export async function readCheckoutOrder(db: Kysely<unknown>, id: string): Promise<CheckoutOrder> {
  const { rows } = await sql<Row>`
    select id, user_id, state, currency_code, total_minor, payment_method, ship_to, delivery, cart, adjustments,
      cancel_request,
      (select jsonb_agg(jsonb_build_object('lineNumber', line_number, 'sku', sku, 'quantity', quantity)
        order by line_number) from order_lines where order_id = orders.id) as lines
    from orders where id = ${id} and cart is not null`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error(`there is no order ${id} to check out`);
  return {
    id,
    userId: row.user_id,
    state: row.state,
    currencyCode: row.currency_code,
    totalMinor: row.total_minor,
    paymentMethod: row.payment_method,
    shipTo: row.ship_to,
    delivery: row.delivery,
    cart: row.cart,
    discounts: row.adjustments.map(({ campaignId, code, amountMinor }) => ({
      campaignId,
      code,
      amountMinor: BigInt(amountMinor),
    })),
    lines: row.lines,
    cancelRequest: row.cancel_request ?? undefined,
  };
}
