import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type {
  OrderActor,
  OrderAddress,
  OrderDelivery,
  OrderEventName,
  OrderFailure,
  OrderPrice,
} from "../domain/order.js";
import { type OrderChange, type OrderState, transition } from "../domain/order-state.js";
import { checkTotals } from "../domain/order-totals.js";

/** What the shopper's cart held when the order was placed. */
export interface OrderedCart {
  /** A whole number as text, for JSON has none that large. */
  readonly version: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

/** An order that is not stored yet. */
export interface NewOrder {
  readonly id: string;
  readonly userId?: string;
  readonly externalRef?: string;
  readonly customerExternalRef?: string;
  /** Tells a repeated import of the same content from one of another. */
  readonly contentHash?: Uint8Array;
  readonly state: OrderState;
  readonly countryCode: string;
  readonly price: OrderPrice;
  readonly shipTo?: OrderAddress;
  readonly delivery?: OrderDelivery;
  readonly paymentMethod?: string;
  /** Under which the shopper placed it; unset for an import. */
  readonly idempotencyKey?: string;
  readonly cart?: OrderedCart;
  readonly placedAt: Date;
  /** How its history begins. */
  readonly begins: { readonly event: OrderEventName; readonly actor: OrderActor; readonly at: Date };
}

/** An order whose row is locked to the end of the transaction. */
export interface LockedOrder {
  readonly id: string;
  readonly userId: string | undefined;
  readonly state: OrderState;
  readonly cancelRequest: CancelRequest | undefined;
  /** Why its checkout cannot go on; undefined while it can. */
  readonly refusal?: OrderFailure;
}

/** Somebody wants the order called off. */
export interface CancelRequest {
  readonly actor: OrderActor;
  readonly reason: string;
}

/** What is added to an order's history. */
export interface OrderEntry {
  readonly event: OrderEventName;
  readonly actor: OrderActor;
  /** When it happened. */
  readonly at: Date;
  readonly note?: string;
  /** Why it failed; with the event FAILED only. */
  readonly failure?: OrderFailure;
}

/** Stores orders, their lines and the first entry of their histories. Throws OrderTotalsError before anything is stored. */
export async function insertOrders(tx: Transaction<unknown>, orders: readonly NewOrder[]): Promise<void> {
  for (const { price } of orders) checkTotals(price, price.lines, price);
  if (orders.length === 0) return;
  await sql`
    with stored as (${records("orders", orders.map(orderRecord))}),
    lines as (${records("order_lines", orders.flatMap(lineRecords))})
    ${records("order_history", orders.map(firstEntryRecord))}`.execute(tx);
}

/** Locks an order; undefined when there is none. */
export async function lockOrder(tx: Transaction<unknown>, id: string): Promise<LockedOrder | undefined> {
  return (await lockWhere(tx, sql`id = ${id}`))[0];
}

/** Locks orders, by ascending id so that nobody waits in a circle; those that do not exist are left out. */
export async function lockOrders(
  tx: Transaction<unknown>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedOrder>> {
  const locked = await lockWhere(tx, sql`id = any(${ids}::uuid[])`);
  return new Map(locked.map((order) => [order.id, order]));
}

async function lockWhere(
  tx: Transaction<unknown>,
  condition: RawBuilder<unknown>,
): Promise<readonly LockedOrder[]> {
  const { rows } = await sql<{
    id: string;
    user_id: string | null;
    state: OrderState;
    cancel_request: CancelRequest | null;
    refusal: OrderFailure | null;
  }>`
    select id, user_id, state, cancel_request, refusal from orders
    where ${condition} order by id for update`.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id ?? undefined,
    state: row.state,
    cancelRequest: row.cancel_request ?? undefined,
    ...(row.refusal ? { refusal: row.refusal } : {}),
  }));
}

/** Adds to a locked order's history; its state stays. */
export async function appendHistory(tx: Transaction<unknown>, id: string, entry: OrderEntry): Promise<void> {
  await append(tx, id, entry, undefined);
}

/**
 * Makes a change happen to a locked order and adds it to the history. False when it had happened already; throws where the order's
 * state does not allow it, which only a mistake of ours can bring about.
 */
export async function changeOrder(
  tx: Transaction<unknown>,
  order: LockedOrder,
  change: OrderChange,
  entry: OrderEntry,
): Promise<boolean> {
  const next = transition(order.state, change);
  if (next.kind === "refused")
    throw new Error(`order ${order.id} is ${order.state}: ${change} is not possible`);
  if (next.kind === "unchanged") return false;
  await append(tx, order.id, entry, next.to);
  return true;
}

/** Notes on a locked order that somebody wants it called off. */
export async function requestCancel(
  tx: Transaction<unknown>,
  id: string,
  request: CancelRequest,
): Promise<void> {
  await sql`update orders set cancel_request = ${JSON.stringify(request)}::jsonb where id = ${id}`.execute(
    tx,
  );
}

/** Forgets that somebody wants an order called off, for it is too late. */
export async function withdrawCancel(db: Kysely<unknown>, id: string): Promise<void> {
  await sql`update orders set cancel_request = null where id = ${id} and state = 'CONFIRMED'`.execute(db);
}

/** Notes why the checkout of an order that is not confirmed cannot go on. The first reason stays. */
export async function noteRefusal(db: Kysely<unknown>, id: string, refusal: OrderFailure): Promise<void> {
  await sql`
    update orders set refusal = ${JSON.stringify(refusal)}::jsonb
    where id = ${id} and state = 'PENDING' and refusal is null`.execute(db);
}

async function append(
  tx: Transaction<unknown>,
  id: string,
  { event, actor, at, note = "", failure }: OrderEntry,
  to: OrderState | undefined,
): Promise<void> {
  await sql`
    with grown as (
      update orders set history_length = history_length + 1, state = coalesce(${to ?? null}, state),
        failure_reason = coalesce(${failure?.reason ?? null}, failure_reason),
        failure_explanation = coalesce(${failure?.explanation ?? null}, failure_explanation),
        updated_at = greatest(updated_at, ${at})
      where id = ${id} returning history_length, state
    )
    insert into order_history (order_id, sequence, event, state, occurred_at, actor_kind, actor_user_id, note)
    select ${id}, history_length, ${event}, state, ${at}, ${actor.kind}, ${actor.userId ?? null}, ${note}
    from grown`.execute(tx);
}

type JsonRecord = Readonly<Record<string, unknown>>;

// Any number of rows, whose columns are the record's names.
function records(table: "orders" | "order_lines" | "order_history", rows: readonly JsonRecord[]) {
  const json = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const into = sql.table(table);
  return sql`insert into ${into} select * from jsonb_populate_recordset(null::${into}, ${json}::jsonb)`;
}

function orderRecord(order: NewOrder): JsonRecord {
  const { price } = order;
  return {
    id: order.id,
    user_id: order.userId ?? null,
    external_ref: order.externalRef ?? null,
    customer_external_ref: order.customerExternalRef ?? "",
    content_hash: order.contentHash ? `\\x${Buffer.from(order.contentHash).toString("hex")}` : null,
    state: order.state,
    history_length: 1,
    line_count: price.lines.length,
    country_code: order.countryCode,
    currency_code: price.currencyCode,
    items_minor: price.itemsMinor,
    discount_minor: price.discountMinor,
    shipping_minor: price.shippingMinor,
    shipping_discount_minor: price.shippingDiscountMinor,
    shipping_tax_minor: price.shippingTaxMinor,
    shipping_tax_basis_points: price.shippingTaxBasisPoints,
    tax_minor: price.taxMinor,
    total_minor: price.totalMinor,
    adjustments: price.adjustments,
    ship_to: order.shipTo ?? null,
    delivery: order.delivery ?? null,
    payment_method: order.paymentMethod ?? "",
    idempotency_key: order.idempotencyKey ?? null,
    cart: order.cart ?? null,
    placed_at: order.placedAt,
    updated_at: order.begins.at,
  };
}

function lineRecords({ id, price }: NewOrder): readonly JsonRecord[] {
  return price.lines.map((line) => ({
    order_id: id,
    line_number: line.lineNumber,
    sku: line.sku,
    name: line.name,
    quantity: line.quantity,
    unit_price_minor: line.unitPriceMinor,
    discount_minor: line.discountMinor,
    tax_category: line.taxCategory,
    tax_basis_points: line.taxBasisPoints,
    tax_minor: line.taxMinor,
  }));
}

function firstEntryRecord({ id, state, begins }: NewOrder): JsonRecord {
  return {
    order_id: id,
    sequence: 1,
    event: begins.event,
    state,
    occurred_at: begins.at,
    actor_kind: begins.actor.kind,
    actor_user_id: begins.actor.userId ?? null,
    note: "",
  };
}
