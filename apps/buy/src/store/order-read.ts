import { type Kysely, sql } from "kysely";
import type {
  Order,
  OrderAddress,
  OrderAdjustment,
  OrderDelivery,
  OrderEventName,
  OrderFailureReason,
  OrderHistoryEntry,
  OrderLine,
  OrderPayment,
  OrderShipment,
} from "../domain/order.js";
import type { ShipmentStage } from "../domain/order-fulfilment.js";
import type { OrderState } from "../domain/order-state.js";
import type { PaymentState } from "../domain/payment-state.js";

type Db = Kysely<unknown>;

/** One order with all that is known of it; undefined when there is none. */
export async function readOrder(db: Db, id: string): Promise<Order | undefined> {
  return (await readOrders(db, [id]))[0];
}

/** Orders in the order of the ids; those that do not exist are left out. */
export async function readOrders(db: Db, ids: readonly string[]): Promise<readonly Order[]> {
  if (ids.length === 0) return [];
  const heads = await readHeads(db, ids);
  const parts = {
    lines: grouped(await readLines(db, ids)),
    history: grouped(await readHistory(db, ids)),
    payments: grouped(await readPayments(db, ids)),
    shipments: grouped(await readShipments(db, ids)),
  };
  const orders = new Map(heads.map((head) => [head.id, assemble(head, parts)]));
  return ids.flatMap((id) => orders.get(id) ?? []);
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

interface Head {
  readonly id: string;
  readonly user_id: string | null;
  readonly external_ref: string | null;
  readonly customer_external_ref: string;
  readonly state: OrderState;
  readonly history_length: number;
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
}

// JSON has no whole numbers beyond 2^53, so amounts are text in it.
interface StoredAdjustment
  extends Omit<OrderAdjustment, "amountMinor" | "lineShares" | "shippingShareMinor"> {
  readonly amountMinor: string;
  readonly shippingShareMinor: string;
  readonly lineShares: readonly { readonly lineNumber: number; readonly amountMinor: string }[];
}

interface Part<T> {
  readonly orderId: string;
  readonly part: T;
}

interface Parts {
  readonly lines: ReadonlyMap<string, readonly OrderLine[]>;
  readonly history: ReadonlyMap<string, readonly OrderHistoryEntry[]>;
  readonly payments: ReadonlyMap<string, readonly OrderPayment[]>;
  readonly shipments: ReadonlyMap<string, readonly OrderShipment[]>;
}

function assemble(head: Head, parts: Parts): Order {
  const payment = parts.payments.get(head.id)?.[0];
  const history = parts.history.get(head.id) ?? [];
  return {
    id: head.id,
    ...(head.user_id === null ? {} : { userId: head.user_id }),
    externalRef: head.external_ref ?? "",
    customerExternalRef: head.customer_external_ref,
    state: head.state,
    countryCode: head.country_code,
    price: priceOf(head, parts.lines.get(head.id) ?? []),
    ...(head.ship_to ? { shipTo: head.ship_to } : {}),
    ...(head.delivery ? { delivery: head.delivery } : {}),
    ...(payment ? { payment } : {}),
    shipments: parts.shipments.get(head.id) ?? [],
    // The history was read after the head: what came between is left for the next look.
    history: history.slice(0, head.history_length),
    ...failureOf(head),
    placedAt: head.placed_at,
    updatedAt: head.updated_at,
  };
}

function failureOf({
  failure_reason: reason,
  failure_explanation: explanation,
}: Head): Pick<Order, "failure"> {
  return reason === null ? {} : { failure: { reason, explanation: explanation ?? "" } };
}

function priceOf(head: Head, lines: readonly OrderLine[]): Order["price"] {
  return {
    currencyCode: head.currency_code,
    lines,
    adjustments: head.adjustments.map((adjustment) => ({
      ...adjustment,
      amountMinor: BigInt(adjustment.amountMinor),
      shippingShareMinor: BigInt(adjustment.shippingShareMinor),
      lineShares: adjustment.lineShares.map((share) => ({
        ...share,
        amountMinor: BigInt(share.amountMinor),
      })),
    })),
    itemsMinor: head.items_minor,
    discountMinor: head.discount_minor,
    shippingMinor: head.shipping_minor,
    shippingDiscountMinor: head.shipping_discount_minor,
    shippingTaxMinor: head.shipping_tax_minor,
    shippingTaxBasisPoints: head.shipping_tax_basis_points,
    taxMinor: head.tax_minor,
    totalMinor: head.total_minor,
  };
}

async function readHeads(db: Db, ids: readonly string[]): Promise<readonly Head[]> {
  const { rows } = await sql<Head>`select * from orders where id = any(${ids}::uuid[])`.execute(db);
  return rows;
}

async function readLines(db: Db, ids: readonly string[]): Promise<readonly Part<OrderLine>[]> {
  const { rows } = await sql<{ order_id: string } & OrderLine>`
    select order_id, line_number as "lineNumber", sku, name, quantity, unit_price_minor as "unitPriceMinor",
      discount_minor as "discountMinor", tax_category as "taxCategory", tax_basis_points as "taxBasisPoints",
      tax_minor as "taxMinor"
    from order_lines where order_id = any(${ids}::uuid[]) order by order_id, line_number`.execute(db);
  return rows.map(({ order_id, ...part }) => ({ orderId: order_id, part }));
}

async function readHistory(db: Db, ids: readonly string[]): Promise<readonly Part<OrderHistoryEntry>[]> {
  const { rows } = await sql<{
    order_id: string;
    sequence: number;
    event: OrderEventName;
    state: OrderState;
    occurred_at: Date;
    actor_kind: OrderHistoryEntry["actor"]["kind"];
    actor_user_id: string | null;
    note: string;
  }>`select * from order_history where order_id = any(${ids}::uuid[]) order by order_id, sequence`.execute(
    db,
  );
  return rows.map((row) => ({
    orderId: row.order_id,
    part: {
      sequence: row.sequence,
      event: row.event,
      state: row.state,
      occurredAt: row.occurred_at,
      actor: { kind: row.actor_kind, ...(row.actor_user_id === null ? {} : { userId: row.actor_user_id }) },
      note: row.note,
    },
  }));
}

async function readPayments(db: Db, ids: readonly string[]): Promise<readonly Part<OrderPayment>[]> {
  const { rows } = await sql<{
    order_id: string;
    state: PaymentState;
    authorizationKey: string;
    authorizedMinor: bigint;
    capturedMinor: bigint;
    refundedMinor: bigint;
  }>`
    select order_id, state, authorization_key as "authorizationKey", authorized_minor as "authorizedMinor",
      captured_minor as "capturedMinor", refunded_minor as "refundedMinor"
    from order_payments where order_id = any(${ids}::uuid[])`.execute(db);
  return rows.map(({ order_id, ...part }) => ({ orderId: order_id, part }));
}

async function readShipments(db: Db, ids: readonly string[]): Promise<readonly Part<OrderShipment>[]> {
  const { rows } = await sql<{
    order_id: string;
    shipmentId: string;
    trackingNumber: string;
    stage: ShipmentStage;
    lines: OrderShipment["lines"];
    updatedAt: Date;
  }>`
    select order_id, shipment_id as "shipmentId", tracking_number as "trackingNumber", stage, lines,
      updated_at as "updatedAt"
    from order_shipments where order_id = any(${ids}::uuid[]) order by order_id, created_at, shipment_id`.execute(
    db,
  );
  return rows.map(({ order_id, ...part }) => ({ orderId: order_id, part }));
}

function grouped<T>(parts: readonly Part<T>[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const { orderId, part } of parts) {
    const group = groups.get(orderId);
    if (group) group.push(part);
    else groups.set(orderId, [part]);
  }
  return groups;
}
