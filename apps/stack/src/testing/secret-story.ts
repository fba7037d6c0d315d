import { randomUUID } from "node:crypto";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import type { ShopClients } from "../shop-clients.js";
import { finished } from "./shoppers.js";
import type { Caller, WatchedCalls } from "./watched-calls.js";

/** Stands in whatever of the story must not be shown and is not bound to a form. */
export const STORY = "qzstory1";
const SKU = "MUG-STONE-01";
const password = "qzpass01 horse battery";
const shipTo = {
  recipient: `${STORY} Hopper`,
  lines: [`1 ${STORY} Lane`],
  city: `${STORY} Town`,
  region: `${STORY} Shire`,
  postalCode: "CB2 1RX",
  countryCode: "GB",
};

/** Logs in, and refreshes the session at once. */
export async function loggedIn(
  calls: WatchedCalls,
  nobody: Caller,
  login: { readonly email: string; readonly password: string },
): Promise<Caller> {
  const clientLabel = `${STORY} phone`;
  const answer = await calls.call(nobody, UserService.method.login, { ...login, clientLabel });
  if (!answer?.tokens) throw new Error(`nobody could log in: ${calls.failures.at(-1)}`);
  const { accessToken, refreshToken } = answer.tokens;
  await calls.call(nobody, UserService.method.refreshSession, { refreshToken });
  return { ...nobody, headers: { authorization: `Bearer ${accessToken}` } };
}

/** A new account with an address, after a wrong password. */
export async function registered(calls: WatchedCalls, nobody: Caller): Promise<Caller> {
  const login = { email: `${STORY}@example.org`, password };
  const account = { idempotencyKey: "1", ...login, displayName: `${STORY} Grace` };
  await calls.call(nobody, UserService.method.register, account);
  await calls.call(nobody, UserService.method.login, { ...login, password: `not ${password}` });
  const shopper = await loggedIn(calls, nobody, login);
  await calls.call(shopper, UserService.method.getMe, {});
  const address = { idempotencyKey: "1", label: `${STORY} home`, postalAddress: shipTo };
  await calls.call(shopper, UserService.method.addAddress, address);
  return shopper;
}

/** A code for everybody, and one basket that tries it and another. */
export async function advertised(calls: WatchedCalls, operator: Caller): Promise<void> {
  const { createCampaign, evaluate } = DiscountService.method;
  await calls.call(operator, createCampaign, {
    idempotencyKey: "1",
    spec: {
      name: "Story",
      title: "Story",
      trigger: Trigger.CODE,
      codes: [STORY],
      benefit: { kind: { case: "percentage", value: { basisPoints: 1_000 } } },
      scope: { kind: { case: "order", value: {} } },
    },
  });
  const line = { lineId: "1", sku: SKU, quantity: 1, unitPrice: { currencyCode: "GBP", minor: 1_250n } };
  const basket = { currencyCode: "GBP", lines: [line], codes: [STORY, `${STORY}no`] };
  await calls.call(operator, evaluate, { basket });
}

/** An order with the code, from the cart to the door. `shop` follows it in the name of the shopper. */
export async function ordered(calls: WatchedCalls, shopper: Caller, shop: ShopClients): Promise<void> {
  const { setItem, quoteCart } = CartService.method;
  const { getShipment, trackShipment, watchShipment } = DeliveryService.method;
  const codes = [STORY];
  await calls.call(shopper, setItem, { sku: SKU, quantity: 1 });
  const quote = (await calls.call(shopper, quoteCart, { codes, shipTo }))?.quote;
  const placed = await calls.call(shopper, OrderService.method.placeOrder, {
    idempotencyKey: randomUUID(),
    cartVersion: quote?.cartVersion ?? 0n,
    ...(quote?.price?.total && { expectedTotal: quote.price.total }),
    codes,
    shipTo,
    serviceLevel: quote?.serviceLevel ?? ServiceLevel.UNSPECIFIED,
    paymentMethod: "pm_ok",
  });
  const orderId = placed?.order?.orderId ?? "";
  const { shipments } = await finished(shop, orderId);
  await calls.call(shopper, OrderService.method.getOrder, { orderId });
  for (const { shipmentId, trackingNumber } of shipments) {
    await calls.call(shopper, getShipment, { shipmentId });
    await calls.call(shopper, trackShipment, { trackingNumber });
    await calls.call(shopper, watchShipment, { trackingNumber });
  }
}

/** A parcel without an order of the shop, and what delivery tells of all parcels. */
export async function shipped(calls: WatchedCalls, operator: Caller): Promise<void> {
  const { quote, createShipment, watchEvents } = DeliveryService.method;
  const items = [{ quantity: 1, weightGrams: 100 }];
  const offer = await calls.call(operator, quote, { destination: shipTo, items });
  await calls.call(operator, createShipment, {
    idempotencyKey: "1",
    orderId: randomUUID(),
    quoteId: offer?.quoteId ?? "",
    serviceLevel: ServiceLevel.STANDARD,
    address: shipTo,
    items: [{ sku: SKU, quantity: 1 }],
  });
  await calls.call(operator, watchEvents, {});
}
