import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { inTransaction, type OnceOptions, once } from "@charter/postgres";
import { type Call, contractError, type Handler, userOf } from "@charter/server";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import {
  type OrderService,
  type PlaceOrderRequest,
  PlaceOrderRequestSchema,
  PlaceOrderResponseSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { Transaction } from "kysely";
import { type AgreedQuote, agreedQuote, checkCartVersion } from "../checkout/agreed-quote.js";
import { authorizationKeyOf } from "../checkout/checkout-keys.js";
import { readCart } from "../store/carts.js";
import { readOrder } from "../store/order-read.js";
import { insertOrders, type NewOrder } from "../store/order-write.js";
import { openPayment } from "../store/payments.js";
import { reserveStock } from "../store/stock.js";
import { newOrder } from "./new-order.js";
import type { OrderDeps } from "./order-deps.js";
import { orderMessage } from "./order-message.js";
import { refuseReusedKey } from "./refuse-reused-key.js";
import { requireSet } from "./require-set.js";

/** Longer than a checkout may take until its confirmation, so that the units do not lapse under one that gets on. */
const HOLD_STOCK_MS = 15 * 60_000;

export const placeOrder =
  (deps: OrderDeps): Handler<typeof OrderService.method.placeOrder> =>
  (request, call) =>
    refuseReusedKey(async () => {
      const key = keyOf(request, call);
      const earlier = await earlierAnswer(deps, key, call);
      if (earlier) return fromBinary(PlaceOrderResponseSchema, earlier);
      // Other services are asked before the transaction, so that none of them can hold it open.
      const order = newOrder(request, await freshQuote(deps, request, call), {
        userId: userOf(call).subject,
        now: new Date(deps.clock.nowMs()),
      });
      const store = (tx: Transaction<unknown>) => once(tx, key, () => place(deps, tx, order));
      const { answer } = await inTransaction(deps.db, store, {
        deadline: call.deadline,
        signal: call.signal,
      });
      deps.checkout.wake();
      return fromBinary(PlaceOrderResponseSchema, answer);
    });

function keyOf(request: PlaceOrderRequest, call: Call): OnceOptions {
  return {
    scope: `PlaceOrder/${userOf(call).subject}`,
    key: request.idempotencyKey,
    fingerprint: toBinary(PlaceOrderRequestSchema, request),
  };
}

function freshQuote(deps: OrderDeps, request: PlaceOrderRequest, call: Call): Promise<AgreedQuote> {
  const { cartVersion, codes, serviceLevel } = request;
  const agreement = { cartVersion, expectedTotal: requireSet(request.expectedTotal, "expected_total") };
  const destination = requireSet(request.shipTo, "ship_to");
  const customerId = userOf(call).subject;
  return agreedQuote(deps, { agreement, request: { customerId, codes, destination, serviceLevel } }, call);
}

class NotAnsweredYet extends Error {}

// The first answer to a key counts even when the cart has since become another one, so it is looked for first.
async function earlierAnswer(deps: OrderDeps, key: OnceOptions, call: Call): Promise<Uint8Array | undefined> {
  const look = async (tx: Transaction<unknown>) => once(tx, key, () => Promise.reject(new NotAnsweredYet()));
  try {
    const { answer } = await inTransaction(deps.db, look, { deadline: call.deadline, signal: call.signal });
    return answer;
  } catch (error) {
    if (error instanceof NotAnsweredYet) return undefined;
    throw error;
  }
}

async function place(deps: OrderDeps, tx: Transaction<unknown>, order: NewOrder): Promise<Uint8Array> {
  const cart = requireSet(order.cart, "cart_version");
  checkCartVersion(BigInt(cart.version), (await readCart(tx, requireSet(order.userId, "user_id"))).version);
  await insertOrders(tx, [order]);
  await openPayment(tx, { orderId: order.id, authorizationKey: authorizationKeyOf(order.id) });
  await deps.checkout.begin(tx, order.id);
  const stored = await readOrder(tx, order.id);
  if (stored === undefined) throw new Error(`order ${order.id} was stored and is not there`);
  // Last, for everybody else who wants these products waits from here to the commit.
  await holdStock(tx, order, deps.clock.nowMs());
  const response = create(PlaceOrderResponseSchema, { order: orderMessage(stored) });
  return toBinary(PlaceOrderResponseSchema, response);
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
