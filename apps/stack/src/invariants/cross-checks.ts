import type { ServiceName } from "../launch/services.js";
import type { DatabaseClients } from "./database-clients.js";
import type { Finding } from "./finding.js";

/** Rows shown of what breaks one check. */
const MAX_ROWS_SHOWN = 5;
/** Orders that hold what they reserved for good. */
const standing = new Set(["CONFIRMED", "PARTIALLY_FULFILLED", "FULFILLED", "DELIVERED", "RETURNED"]);

interface OrderRow {
  id: string;
  state: string;
  shipments: number;
  payments: number;
}

interface ByOrder {
  order_id: string;
  state: string;
}

/** What no single database can say: whether the services agree about each order that was placed here. */
export async function crossChecks({ buy, discount, delivery }: DatabaseClients): Promise<Finding[]> {
  const orders = await buy.query<OrderRow>(`
    select o.id, o.state,
      (select count(*)::int from order_shipments s where s.order_id = o.id and s.stage <> 'CANCELLED') as shipments,
      (select count(*)::int from order_payments p where p.order_id = o.id) as payments
    from orders o where o.external_ref is null`);
  const redemptions = await discount.query<ByOrder>(`
    select order_id, state from redemption
    where state = 'committed' or (state = 'reserved' and expires_at > now())`);
  const shipments = await delivery.query<ByOrder>(
    `select order_id, status as state from shipment where status <> 'CANCELLED'`,
  );
  const events = await delivery.query<{ told: string }>(
    `select coalesce(max(position), 0)::text as told from charter_event`,
  );
  const cursors = await buy.query<{ applied: string }>(
    `select coalesce(max(position), 0)::text as applied from charter_cursor`,
  );
  return [
    finding(
      "I4",
      "buy",
      "an order has at most one shipment, and both services know the same ones",
      differingShipments(orders.rows, shipments.rows),
    ),
    finding(
      "I5",
      "discount",
      "an order that stands has no open redemption, one that does not stand has none",
      danglingRedemptions(orders.rows, redemptions.rows),
    ),
    finding(
      "I5",
      "delivery",
      "only an order that stands has a shipment",
      orphans(orders.rows, shipments.rows),
    ),
    finding(
      "I6",
      "buy",
      "every event of delivery was applied",
      unapplied(events.rows[0]?.told, cursors.rows[0]?.applied),
    ),
  ];
}

function finding(
  id: string,
  service: ServiceName,
  title: string,
  violations: Record<string, unknown>[],
): Finding {
  return { invariant: { id, title, sql: "" }, service, violations: violations.slice(0, MAX_ROWS_SHOWN) };
}

function differingShipments(
  orders: readonly OrderRow[],
  shipments: readonly ByOrder[],
): Record<string, unknown>[] {
  const inDelivery = Map.groupBy(shipments, ({ order_id }) => order_id);
  return orders
    .map(({ id, shipments: inBuy }) => ({ order: id, inBuy, inDelivery: inDelivery.get(id)?.length ?? 0 }))
    .filter((counts) => counts.inBuy !== counts.inDelivery || counts.inBuy > 1);
}

function danglingRedemptions(
  orders: readonly OrderRow[],
  redemptions: readonly ByOrder[],
): Record<string, unknown>[] {
  const states = new Map(orders.map(({ id, state }) => [id, state]));
  return redemptions
    .map(({ order_id, state }) => ({ order: order_id, orderState: states.get(order_id), redemption: state }))
    .filter(
      ({ orderState, redemption }) => redemption === "reserved" || !orderState || !standing.has(orderState),
    );
}

function orphans(orders: readonly OrderRow[], shipments: readonly ByOrder[]): Record<string, unknown>[] {
  const states = new Map(orders.map(({ id, state }) => [id, state]));
  return shipments
    .map(({ order_id, state }) => ({ order: order_id, orderState: states.get(order_id), shipment: state }))
    .filter(({ orderState }) => !orderState || !standing.has(orderState));
}

const unapplied = (told = "0", applied = "0"): Record<string, unknown>[] =>
  told === applied ? [] : [{ told, applied }];
