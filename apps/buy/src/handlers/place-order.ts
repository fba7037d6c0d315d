import { apart, inTransaction, whenCommitted } from "@charter/postgres";
import { type Call, contractError, type Handler, userOf } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { OrderService, PlaceOrderRequest } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { Transaction } from "kysely";
import { type AgreedQuote, agreedQuote, checkCartVersion } from "../checkout/agreed-quote.js";
import { authorizationKeyOf } from "../checkout/checkout-keys.js";
import type { Order } from "../domain/order.js";
import { readCart } from "../store/carts.js";
import { readOrder } from "../store/order-read.js";
import { insertOrders, type NewOrder } from "../store/order-write.js";
import { openPayment } from "../store/payments.js";
import { reserveStock } from "../store/stock.js";
import { newOrder } from "./new-order.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";
import { requireSet } from "./require-set.js";

/** Longer than a checkout may take until its confirmation, so that the units do not lapse under one that gets on. */
const HOLD_STOCK_MS = 15 * 60_000;

export const placeOrder =
  (deps: OrderDeps): Handler<typeof OrderService.method.placeOrder> =>
  async (request, call) => {
    const { deadline, signal } = call;
    // Other services are asked before the transaction, so that none of them can hold it open.
    const quote = await apart(() => freshQuote(deps, request, call));
    const now = new Date(deps.clock.nowMs());
    const order = newOrder(request, quote, { userId: userOf(call).subject, now });
    const placed = await inTransaction(deps.db, (tx) => place(deps, tx, order), { deadline, signal });
    whenCommitted(deps.db, () => deps.checkout.wake());
    return { order: orderMessage(placed) };
  };

function freshQuote(deps: OrderDeps, request: PlaceOrderRequest, call: Call): Promise<AgreedQuote> {
  const { cartVersion, codes, serviceLevel } = request;
  const agreement = { cartVersion, expectedTotal: requireSet(request.expectedTotal, "expected_total") };
  const destination = requireSet(request.shipTo, "ship_to");
  const customerId = userOf(call).subject;
  return agreedQuote(deps, { agreement, request: { customerId, codes, destination, serviceLevel } }, call);
}

async function place(deps: OrderDeps, tx: Transaction<unknown>, order: NewOrder): Promise<Order> {
  const cart = requireSet(order.cart, "cart_version");
  checkCartVersion(BigInt(cart.version), (await readCart(tx, requireSet(order.userId, "user_id"))).version);
  await insertOrders(tx, [order]);
  await openPayment(tx, { orderId: order.id, authorizationKey: authorizationKeyOf(order.id) });
  await deps.checkout.begin(tx, order.id);
  const stored = await readOrder(tx, order.id);
  if (stored === undefined) throw new Error(`order ${order.id} was stored and is not there`);
  // Last, for everybody else who wants these products waits from here to the commit.
  await holdStock(tx, order, deps.clock.nowMs());
  return stored;
}

async function holdStock(tx: Transaction<unknown>, order: NewOrder, nowMs: number): Promise<void> {
  const lines = order.price.lines.map(({ sku, quantity }) => ({ sku, quantity: BigInt(quantity) }));
  const expiresAt = new Date(nowMs + HOLD_STOCK_MS);
  const outcome = await reserveStock(tx, { id: order.id, lines, expiresAt });
  if (outcome.kind === "reserved") return;
  if (outcome.kind === "released")
    throw new Error(`the stock of the new order ${order.id} was released before`);
  const { sku, available } = outcome.shortage;
  const metadata = { sku, available: String(available) };
  throw contractError(BuyErrorSchema, BuyError.OUT_OF_STOCK, { metadata });
}
