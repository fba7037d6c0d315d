import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ImportProductsRequestSchema } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import type { OrderTotal } from "@shop/contract/shop/buy/v1/order_pb.js";
import {
  type ImportOrdersRequestSchema,
  OrderRefusalReason,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { ImportCustomersRequestSchema } from "@shop/contract/shop/user/v1/user_service_pb.js";
import type { ShopClients } from "../shop-clients.js";
import { NO_COUNTRY } from "./country.js";
import type { RefusedRow } from "./invoice-row.js";
import type { Plan, PlannedOrder } from "./plan.js";
import { CURRENCY, customerRef, orderRef, receiptKey } from "./source.js";

/** What the shop made of a plan. */
export interface Uploaded {
  products: { created: bigint; updated: bigint; unchanged: bigint };
  customers: { imported: bigint; unchanged: bigint };
  orders: { imported: OrdersAndMoney; unchanged: OrdersAndMoney };
  /** Lines of orders and products that the shop did not take. */
  refused: RefusedRow[];
}

/** A number of orders and what they come to, in minor units. */
export interface OrdersAndMoney {
  orders: bigint;
  minor: bigint;
}

/** The longest stream of one file; its policy on the server bounds it as well. */
const UPLOAD_TIMEOUT_MS = 600_000;

/** Sends a plan to the shop: products with their stock first, then customers, then the orders that need both. Safe to repeat. */
export async function upload(
  shop: ShopClients,
  file: string,
  plan: Plan,
  onProgress: (rows: number) => void,
): Promise<Uploaded> {
  const options = { timeoutMs: UPLOAD_TIMEOUT_MS };
  const products = await shop.catalog.importProducts(productMessages(file, plan), options);
  const refusedProduct = products.refused[0];
  if (refusedProduct)
    throw new Error(`the catalogue refused ${refusedProduct.sku}: ${refusedProduct.reason}`);
  const customers = await shop.users.importCustomers(customerMessages(plan), options);
  const userIds = new Map(customers.customers.map(({ externalRef, userId }) => [externalRef, userId]));
  const orders = await shop.orders.importOrders(orderMessages(plan, userIds, onProgress), options);
  return {
    products,
    customers,
    orders: { imported: sum(orders.imported), unchanged: sum(orders.unchanged) },
    refused: orders.refused.flatMap(({ index, reason }) =>
      linesOf(plan.orders[Number(index)], OrderRefusalReason[reason]),
    ),
  };
}

async function* productMessages(
  file: string,
  plan: Plan,
): AsyncGenerator<MessageInitShape<typeof ImportProductsRequestSchema>> {
  for (const product of plan.products) {
    yield {
      product: {
        sku: product.sku,
        name: product.name,
        price: { currencyCode: CURRENCY, minor: product.priceMinor },
      },
      observeTime: timestampFromDate(product.observedAt),
      stockReceipt: { receiptKey: receiptKey(file, product), quantity: BigInt(product.unitsSold) },
    };
  }
}

async function* customerMessages(
  plan: Plan,
): AsyncGenerator<MessageInitShape<typeof ImportCustomersRequestSchema>> {
  for (const { customer, countryCode } of plan.customers) {
    yield { externalRef: customerRef(customer), countryCode: countryCode === NO_COUNTRY ? "" : countryCode };
  }
}

async function* orderMessages(
  plan: Plan,
  userIds: ReadonlyMap<string, string>,
  onProgress: (rows: number) => void,
): AsyncGenerator<MessageInitShape<typeof ImportOrdersRequestSchema>> {
  for (const order of plan.orders) {
    yield orderMessage(order, userIds);
    onProgress(order.rows.length);
  }
}

function orderMessage(order: PlannedOrder, userIds: ReadonlyMap<string, string>) {
  const customerExternalRef = order.customer === "" ? "" : customerRef(order.customer);
  return {
    externalRef: orderRef(order.invoice),
    customerId: userIds.get(customerExternalRef) ?? "",
    customerExternalRef,
    placeTime: timestampFromDate(order.placedAt),
    countryCode: order.countryCode,
    currencyCode: CURRENCY,
    shippingMinor: order.shippingMinor,
    totalMinor: order.totalMinor,
    lines: order.rows
      .filter((row) => !row.isShipping)
      .map(({ line, sku, description, quantity, unitPriceMinor }) => ({
        lineNumber: line,
        sku,
        description,
        quantity: BigInt(quantity),
        unitPriceMinor,
      })),
  };
}

const linesOf = (order: PlannedOrder | undefined, reason = "UNKNOWN"): RefusedRow[] =>
  (order?.rows ?? []).map(({ line }) => ({ line, reason: `ORDER_${reason}` }));

function sum(totals: readonly OrderTotal[]): OrdersAndMoney {
  return totals.reduce(
    (all, { orders, total }) => ({ orders: all.orders + orders, minor: all.minor + (total?.minor ?? 0n) }),
    { orders: 0n, minor: 0n },
  );
}
