import type { Invariant } from "@charter/postgres";

/** What must hold of orders, payments and checkouts at any moment. */
export const orderInvariants: readonly Invariant[] = [
  {
    id: "I1",
    title: "an order's total is what its lines, discounts, shipping and tax add up to",
    sql: `
      select orders.id from orders
      left join lateral (
        select coalesce(sum(quantity * unit_price_minor), 0) as items, coalesce(sum(discount_minor), 0) as discount,
          coalesce(sum(tax_minor), 0) as tax
        from order_lines where order_id = orders.id
      ) as line on true
      where items_minor <> line.items or discount_minor <> line.discount + shipping_discount_minor
        or tax_minor <> line.tax + shipping_tax_minor
        or total_minor <> items_minor - discount_minor + shipping_minor + tax_minor`,
  },
  {
    id: "I1",
    title: "no more is captured than authorised, refunded than captured, or authorised than the order costs",
    sql: `
      select order_id from order_payments join orders on orders.id = order_id
      where refunded_minor > captured_minor or captured_minor > authorized_minor or authorized_minor > total_minor`,
  },
  {
    id: "I1",
    title:
      "once a checkout has ended, the provider's ledger says of its money what ours says, and holds none",
    sql: `
      with theirs as (
        select entry.authorization_key,
          coalesce(sum(amount_minor) filter (where kind = 'authorize' and account = 'held'), 0) as authorized,
          coalesce(sum(amount_minor) filter (where kind = 'capture' and account = 'merchant'), 0) as captured,
          coalesce(-sum(amount_minor) filter (where kind = 'refund' and account = 'merchant'), 0) as refunded,
          coalesce(sum(amount_minor) filter (where account = 'held'), 0) as held
        from provider.entries as entry join provider.operations as operation on operation.key = entry.operation_key
        group by entry.authorization_key
      )
      select coalesce(order_payments.authorization_key, theirs.authorization_key) as authorization_key
      from order_payments full join theirs using (authorization_key)
      left join charter_saga as checkout on checkout.id = order_payments.order_id::text
      where order_payments.order_id is null or checkout.outcome is not null and (
        authorized_minor <> coalesce(authorized, 0) or captured_minor <> coalesce(captured, 0)
        or refunded_minor > coalesce(refunded, 0) or coalesce(held, 0) <> 0)`,
  },
  {
    id: "I1",
    title: "every operation of the provider's ledger balances",
    sql: `select operation_key from provider.entries group by operation_key having sum(amount_minor) <> 0`,
  },
  {
    id: "I4",
    title: "one idempotency key makes at most one order in the seven days for which it is kept",
    sql: `
      select one.user_id, one.idempotency_key from orders as one join orders as other
        on other.user_id = one.user_id and other.idempotency_key = one.idempotency_key and other.id > one.id
      where other.placed_at < one.placed_at + interval '7 days'`,
  },
  {
    id: "I4",
    title: "an order is authorised at most once",
    sql: `
      select reference from provider.authorizations where reference <> ''
      group by reference having count(*) > 1`,
  },
  {
    id: "I4",
    title: "an order of a checkout has at most one shipment that was not called off",
    sql: `
      select order_id from order_shipments join orders on orders.id = order_id
      where cart is not null and stage <> 'CANCELLED' group by order_id having count(*) > 1`,
  },
  {
    id: "I5",
    title:
      "a pending order has a checkout at work, and an ended checkout an order that is confirmed or undone",
    sql: `
      select orders.id from orders left join charter_saga as checkout on checkout.id = orders.id::text
      where cart is not null and (
        orders.state = 'PENDING' and (checkout.id is null or checkout.outcome is not null)
        or checkout.outcome = 'compensated' and orders.state not in ('FAILED', 'CANCELLED')
        or checkout.outcome = 'completed' and orders.state in ('PENDING', 'FAILED'))`,
  },
  {
    id: "I5",
    title: "an ended checkout holds no stock",
    sql: `
      select reservation.id from stock_reservation as reservation
      join charter_saga as checkout on checkout.id = reservation.id
      where checkout.outcome is not null and reservation.state = 'RESERVED'`,
  },
  {
    id: "I5",
    title: "an order that failed took no money, and one whose checkout is complete has been paid",
    sql: `
      select orders.id from orders join order_payments on order_id = orders.id
      join charter_saga as checkout on checkout.id = orders.id::text
      where checkout.outcome = 'compensated' and order_payments.state not in ('NONE', 'DECLINED', 'VOIDED')
        or checkout.outcome = 'completed' and order_payments.state not in ('CAPTURED', 'REFUNDED')`,
  },
  {
    id: "I5",
    title: "stock is taken exactly for the orders that are confirmed",
    sql: `
      select orders.id from orders join stock_reservation as reservation on reservation.id = orders.id::text
      where cart is not null and case orders.state
        when 'PENDING' then reservation.state not in ('RESERVED', 'RELEASED')
        when 'FAILED' then reservation.state <> 'RELEASED'
        when 'CANCELLED' then reservation.state not in ('RELEASED', 'RESTOCKED')
        else reservation.state <> 'COMMITTED' end`,
  },
  {
    id: "I6",
    title: "an order's history has no gaps and ends in the order's state",
    sql: `
      select orders.id from orders left join lateral (
        select count(*) as entries, min(sequence) as first, max(sequence) as last,
          (array_agg(entry.state order by sequence desc))[1] as state
        from order_history as entry where order_id = orders.id
      ) as told on true
      where entries <> history_length or first <> 1 or last <> history_length or told.state <> orders.state`,
  },
  {
    id: "I6",
    title: "each end of a checkout is told exactly once",
    sql: `
      select orders.id from orders left join lateral (
        select count(*) filter (where type = 'OrderConfirmed') as confirmed,
          count(*) filter (where type in ('OrderFailed', 'OrderCancelled')) as undone
        from charter_event where stream = 'orders' and aggregate_id = orders.id::text
      ) as told on true
      where cart is not null and (
        confirmed <> (exists (select from order_history where order_id = orders.id and event = 'CONFIRMED'))::int
        or undone <> (orders.state in ('FAILED', 'CANCELLED'))::int)`,
  },
  {
    id: "I6",
    title: "each parcel enters the history once",
    sql: `
      select orders.id from orders where
        (select count(*) from order_history where order_id = orders.id and event = 'SHIPMENT_CREATED')
        <> (select count(*) from order_shipments where order_id = orders.id)`,
  },
];
