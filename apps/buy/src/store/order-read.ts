import { type Kysely, type RawBuilder, sql } from "kysely";
import type {
  Order,
  OrderAddress,
  OrderAdjustment,
  OrderDelivery,
  OrderFailureReason,
  OrderHistoryEntry,
  OrderLine,
  OrderPayment,
  OrderShipment,
} from "../domain/order.js";
import type { OrderState } from "../domain/order-state.js";

type Db = Kysely<unknown>;

/** One order with all that is known of it; undefined when there is none. */
export async function readOrder(db: Db, id: string): Promise<Order | undefined> {
  return (await readWhere(db, sql`id = ${id}`))[0];
}

/** Orders in the order of the ids, each as it stood at one moment; those that do not exist are left out. */
export async function readOrders(db: Db, ids: readonly string[]): Promise<readonly Order[]> {
  if (ids.length === 0) return [];
  const orders = new Map(
    (await readWhere(db, sql`id = any(${ids}::uuid[])`)).map((order) => [order.id, order]),
  );
  return ids.flatMap((id) => orders.get(id) ?? []);
}

async function readWhere(db: Db, condition: RawBuilder<unknown>): Promise<readonly Order[]> {
  const { rows } = await sql<Row>`
    select orders.*, ${LINES} as lines, ${HISTORY} as history, ${PAYMENT} as payment, ${SHIPMENTS} as shipments
    from orders where ${condition}`.execute(db);
  return rows.map(orderOf);
}

/** The number of history entries of each order, which grows with every change; orders that do not exist are left out. */
export async function readOrderVersions(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ id: string; version: bigint }>`
    select id, history_length::int8 as version from orders where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Where each of these orders stands; those that do not exist are left out. */
export async function readOrderStates(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OrderState>> {
  const { rows } = await sql<{ id: string; state: OrderState }>`
    select id, state from orders where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, state }) => [id, state]));
}

interface Row {
  readonly id: string;
  readonly user_id: string | null;
  readonly external_ref: string | null;
  readonly customer_external_ref: string;
  readonly state: OrderState;
  readonly country_code: string;
  readonly currency_code: string;
  readonly items_minor: bigint;
  readonly discount_minor: bigint;
  readonly shipping_minor: bigint;
  readonly shipping_discount_minor: bigint;
  readonly shipping_tax_minor: bigint;
  readonly shipping_tax_basis_points: number;
  readonly tax_minor: bigint;
  readonly total_minor: bigint;
  readonly adjustments: readonly StoredAdjustment[];
  readonly ship_to: OrderAddress | null;
  readonly delivery: OrderDelivery | null;
  readonly failure_reason: OrderFailureReason | null;
  readonly failure_explanation: string | null;
  readonly placed_at: Date;
  readonly updated_at: Date;
  readonly lines: readonly StoredLine[] | null;
  readonly history: readonly StoredEntry[] | null;
  readonly payment: StoredPayment | null;
  readonly shipments: readonly StoredShipment[] | null;
}

// JSON has no whole numbers beyond 2^53, so amounts are text in it.
interface StoredAdjustment
  extends Omit<OrderAdjustment, "amountMinor" | "lineShares" | "shippingShareMinor"> {
  readonly amountMinor: string;
  readonly shippingShareMinor: string;
  readonly lineShares: readonly { readonly lineNumber: number; readonly amountMinor: string }[];
}

type LineAmount = "unitPriceMinor" | "discountMinor" | "taxMinor";
type StoredLine = Omit<OrderLine, LineAmount> & Readonly<Record<LineAmount, string>>;

const LINES = sql`(select json_agg(line order by "lineNumber") from (
  select line_number as "lineNumber", sku, name, quantity, unit_price_minor::text as "unitPriceMinor",
    discount_minor::text as "discountMinor", tax_category as "taxCategory", tax_basis_points as "taxBasisPoints",
    tax_minor::text as "taxMinor"
  from order_lines where order_id = orders.id) as line)`;

const lineOf = (line: StoredLine): OrderLine => ({
  ...line,
  unitPriceMinor: BigInt(line.unitPriceMinor),
  discountMinor: BigInt(line.discountMinor),
  taxMinor: BigInt(line.taxMinor),
});

interface StoredEntry extends Omit<OrderHistoryEntry, "occurredAt" | "actor"> {
  readonly occurredAt: string;
  readonly kind: OrderHistoryEntry["actor"]["kind"];
  readonly userId: string | null;
}

const HISTORY = sql`(select json_agg(entry order by sequence) from (
  select sequence, event, state, occurred_at as "occurredAt", actor_kind as kind, actor_user_id as "userId", note
  from order_history where order_id = orders.id) as entry)`;

const entryOf = ({ kind, userId, occurredAt, ...entry }: StoredEntry): OrderHistoryEntry => ({
  ...entry,
  occurredAt: new Date(occurredAt),
  actor: { kind, ...(userId === null ? {} : { userId }) },
});

type PaymentAmount = "authorizedMinor" | "capturedMinor" | "refundedMinor";
type StoredPayment = Omit<OrderPayment, PaymentAmount> & Readonly<Record<PaymentAmount, string>>;

const PAYMENT = sql`(select row_to_json(payment) from (
  select state, authorization_key as "authorizationKey", authorized_minor::text as "authorizedMinor",
    captured_minor::text as "capturedMinor", refunded_minor::text as "refundedMinor"
  from order_payments where order_id = orders.id) as payment)`;

const paymentOf = (payment: StoredPayment): OrderPayment => ({
  ...payment,
  authorizedMinor: BigInt(payment.authorizedMinor),
  capturedMinor: BigInt(payment.capturedMinor),
  refundedMinor: BigInt(payment.refundedMinor),
});

type StoredShipment = Omit<OrderShipment, "updatedAt"> & { readonly updatedAt: string };

const SHIPMENTS = sql`(select json_agg(shipment) from (
  select shipment_id as "shipmentId", tracking_number as "trackingNumber", stage, lines, updated_at as "updatedAt"
  from order_shipments where order_id = orders.id order by created_at, shipment_id) as shipment)`;

const shipmentOf = (shipment: StoredShipment): OrderShipment => ({
  ...shipment,
  updatedAt: new Date(shipment.updatedAt),
});

function orderOf(row: Row): Order {
  return {
    id: row.id,
    ...(row.user_id === null ? {} : { userId: row.user_id }),
    externalRef: row.external_ref ?? "",
    customerExternalRef: row.customer_external_ref,
    state: row.state,
    countryCode: row.country_code,
    price: priceOf(row),
    ...(row.ship_to ? { shipTo: row.ship_to } : {}),
    ...(row.delivery ? { delivery: row.delivery } : {}),
    ...(row.payment ? { payment: paymentOf(row.payment) } : {}),
    shipments: (row.shipments ?? []).map(shipmentOf),
    history: (row.history ?? []).map(entryOf),
    ...failureOf(row),
    placedAt: row.placed_at,
    updatedAt: row.updated_at,
  };
}

function failureOf({
  failure_reason: reason,
  failure_explanation: explanation,
}: Row): Pick<Order, "failure"> {
  return reason === null ? {} : { failure: { reason, explanation: explanation ?? "" } };
}

function priceOf(row: Row): Order["price"] {
  return {
    currencyCode: row.currency_code,
    lines: (row.lines ?? []).map(lineOf),
    adjustments: row.adjustments.map((adjustment) => ({
      ...adjustment,
      amountMinor: BigInt(adjustment.amountMinor),
      shippingShareMinor: BigInt(adjustment.shippingShareMinor),
      lineShares: adjustment.lineShares.map((share) => ({
        ...share,
        amountMinor: BigInt(share.amountMinor),
      })),
    })),
    itemsMinor: row.items_minor,
    discountMinor: row.discount_minor,
    shippingMinor: row.shipping_minor,
    shippingDiscountMinor: row.shipping_discount_minor,
    shippingTaxMinor: row.shipping_tax_minor,
    shippingTaxBasisPoints: row.shipping_tax_basis_points,
    taxMinor: row.tax_minor,
    totalMinor: row.total_minor,
  };
}
