import { type Kysely, sql } from "kysely";
import type { OrderAddress, OrderDelivery } from "../domain/order.js";
import type { OrderedCart } from "./order-write.js";

/** What the checkout needs to know of an order, none of which ever changes. */
export interface CheckoutOrder {
  readonly id: string;
  readonly userId: string;
  readonly currencyCode: string;
  readonly totalMinor: bigint;
  readonly paymentMethod: string;
  readonly shipTo: OrderAddress;
  readonly delivery: OrderDelivery;
  readonly cart: OrderedCart;
  readonly discounts: readonly CheckoutDiscount[];
  readonly lines: readonly { readonly lineNumber: number; readonly sku: string; readonly quantity: number }[];
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
  readonly lines: CheckoutOrder["lines"];
}

/** More orders than one process checks out at once. */
const MAX_KEPT = 256;

/** Orders that were placed here. Every step of a checkout asks for the same one, so the last few are kept. */
export class CheckoutOrders {
  readonly #db: Kysely<unknown>;
  readonly #kept = new Map<string, CheckoutOrder>();

  constructor(db: Kysely<unknown>) {
    this.#db = db;
  }

  /** Throws when there is none: a checkout never begins without its order. */
  async read(id: string): Promise<CheckoutOrder> {
    const known = this.#kept.get(id);
    if (known) return known;
    const order = await readCheckoutOrder(this.#db, id);
    const [eldest] = this.#kept.keys();
    if (eldest !== undefined && this.#kept.size >= MAX_KEPT) this.#kept.delete(eldest);
    this.#kept.set(id, order);
    return order;
  }
}

async function readCheckoutOrder(db: Kysely<unknown>, id: string): Promise<CheckoutOrder> {
  const { rows } = await sql<Row>`
    select id, user_id, currency_code, total_minor, payment_method, ship_to, delivery, cart, adjustments,
      (select jsonb_agg(jsonb_build_object('lineNumber', line_number, 'sku', sku, 'quantity', quantity)
        order by line_number) from order_lines where order_id = orders.id) as lines
    from orders where id = ${id} and cart is not null`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error(`there is no order ${id} to check out`);
  return {
    id,
    userId: row.user_id,
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
  };
}
