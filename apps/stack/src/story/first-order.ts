import { randomBytes } from "node:crypto";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Quote } from "@shop/contract/shop/buy/v1/cart_pb.js";
import {
  type Order,
  OrderEvent,
  type OrderHistoryEntry,
  OrderState,
} from "@shop/contract/shop/buy/v1/order_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { v7 as uuid } from "uuid";
import type { ServiceName } from "../launch/services.js";
import { formatMoney } from "../money.js";
import { seedCampaigns } from "../seed/catalogue.js";
import { login, type ShopClients } from "../shop-clients.js";
import { bold, dim, green, pad, type Terminal } from "../terminal.js";

const PASSWORD_BYTES = 18;
/** A parcel that has not arrived by then will not arrive. */
const DELIVERED_WITHIN_MS = 60_000;
const STEP_WIDTH = 30;
const SERVICE_WIDTH = 10;

const shipTo = {
  recipient: "Ada Lovelace",
  lines: ["12 St James's Square"],
  city: "London",
  region: "",
  postalCode: "SW1Y 4JH",
  countryCode: "GB",
};
const wanted = [
  { sku: "TEA-ASSAM-250", quantity: 2 },
  { sku: "MUG-STONE-04", quantity: 1 },
  { sku: "LAMP-OAK-01", quantity: 1 },
];

/** The shopper of the story; the caller may go on as her. */
export interface Shopper {
  email: string;
  password: string;
}

/** One shopper's way from the door to the parcel, told step by step. Throws when the parcel does not arrive. */
export async function tellFirstOrder(shop: ShopClients, terminal: Terminal): Promise<Shopper> {
  const shopper = {
    email: `ada.${uuid().slice(-12)}@charter.example`,
    password: randomBytes(PASSWORD_BYTES).toString("base64url"),
  };
  const step = teller(terminal);
  terminal.line(bold("A first order"));
  await step("registers", "user", async () => {
    await shop.users.register({ idempotencyKey: uuid(), ...shopper, displayName: "Ada", countryCode: "GB" });
    return shopper.email;
  });
  await step("logs in", "user", async () => {
    await login(shop, shopper.email, shopper.password);
    return "an access token for ten minutes";
  });
  await step("looks at the catalogue", "buy", async () => {
    const { products } = await shop.catalog.listProducts({});
    return `${products.length} products on the first page`;
  });
  await step("fills the cart", "buy", () => fillCart(shop));
  const quote = await quoted(shop, step);
  for (const line of explain(quote)) terminal.line(`      ${dim(line)}`);
  const orderId = await placed(shop, step, quote);
  await watch(shop, terminal, step, orderId);
  return shopper;
}

type Step = (what: string, service: ServiceName, work: () => Promise<string>) => Promise<void>;

function teller(terminal: Terminal): Step {
  let number = 0;
  return async (what, service, work) => {
    number += 1;
    terminal.progress(`  ${number}. ${what} …`);
    const startedMs = performance.now();
    const result = await work().catch((cause: unknown) => {
      throw new Error(`"${what}" failed at ${service}: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    });
    const tookMs = Math.round(performance.now() - startedMs);
    terminal.line(
      `  ${number}. ${pad(what, STEP_WIDTH)}${pad(service, SERVICE_WIDTH)}${dim(pad(`${tookMs} ms`, SERVICE_WIDTH))}${result}`,
    );
  };
}

async function fillCart(shop: ShopClients): Promise<string> {
  for (const item of wanted) await shop.cart.setItem(item);
  const { cart } = await shop.cart.getCart({});
  return (cart?.lines ?? []).map((line) => `${line.quantity} × ${line.name}`).join(", ");
}

async function quoted(shop: ShopClients, step: Step): Promise<Quote> {
  let quote: Quote | undefined;
  await step(`enters code ${seedCampaigns.welcome.code}`, "buy", async () => {
    ({ quote } = await shop.cart.quoteCart({ codes: [seedCampaigns.welcome.code], shipTo }));
    return `${bold(formatMoney(quote?.price?.total))} ${dim("(asks discount and delivery)")}`;
  });
  if (!quote?.price) throw new Error("the quote has no price");
  return quote;
}

/** Every line of the quote in words. */
function* explain({ price, deliveryOptions, serviceLevel }: Quote): Generator<string> {
  for (const { quantity, name, unitPrice, subtotal } of price?.lines ?? []) {
    yield `${pad(`${quantity} × ${name}`, 34)}${pad(`at ${formatMoney(unitPrice)}`, 14)}${formatMoney(subtotal)}`;
  }
  const promise = deliveryOptions.find((option) => option.serviceLevel === serviceLevel)?.promise;
  const arrival = promise?.endTime ? `by ${timestampDate(promise.endTime).toISOString().slice(0, 10)}` : "";
  const level = ServiceLevel[serviceLevel]?.toLowerCase();
  yield `${pad(`delivery, ${level}`, 34)}${pad(arrival, 14)}${formatMoney(price?.shipping)}`;
  for (const { explanation, amount } of price?.adjustments ?? [])
    yield `${pad(explanation, 48)}-${formatMoney(amount)}`;
  yield `${pad("tax", 48)}${formatMoney(price?.tax)}`;
  yield `${pad("total", 48)}${formatMoney(price?.total)}`;
}

async function placed(shop: ShopClients, step: Step, quote: Quote): Promise<string> {
  const expectedTotal = quote.price?.total;
  if (quote.deliveryUnavailable || !expectedTotal)
    throw new Error("the quote offers no delivery, so nothing can be ordered");
  let order: Order | undefined;
  await step("places the order", "buy", async () => {
    ({ order } = await shop.orders.placeOrder({
      idempotencyKey: uuid(),
      cartVersion: quote.cartVersion,
      expectedTotal,
      codes: [seedCampaigns.welcome.code],
      shipTo,
      serviceLevel: quote.serviceLevel,
      paymentMethod: "pm_ok",
    }));
    return `order ${order?.orderId}`;
  });
  if (!order) throw new Error("the answer to PlaceOrder has no order");
  return order.orderId;
}

async function watch(shop: ShopClients, terminal: Terminal, step: Step, orderId: string): Promise<void> {
  const seen: OrderHistoryEntry[] = [];
  await step("watches it on one stream", "buy", async () => {
    let last: Order | undefined;
    for await (const { order } of shop.orders.watchOrder({ orderId }, { timeoutMs: DELIVERED_WITHIN_MS })) {
      last = order;
      terminal.progress(`     ${OrderState[order?.state ?? 0]} …`);
    }
    seen.push(...(last?.history ?? []));
    if (last?.state !== OrderState.DELIVERED)
      throw new Error(`the order ended ${OrderState[last?.state ?? 0]}: ${last?.failure?.explanation}`);
    return green("delivered");
  });
  for (const { event, occurTime, note } of seen) {
    const time = occurTime ? timestampDate(occurTime).toISOString().slice(11, 23) : "";
    terminal.line(
      `      ${dim(`${time}  ${pad(OrderEvent[event]?.toLowerCase().replaceAll("_", " ") ?? "", 22)}${note}`)}`,
    );
  }
}
