import type { Invariant } from "@charter/postgres";

/** I2: 0 <= reserved <= on hand, and the counters are what the ledger and the reservations say. */
export const stockInvariants: readonly Invariant[] = [
  {
    id: "I2",
    title: "reserved units lie between 0 and the units on hand",
    sql: "select sku, on_hand, reserved from stock_level where not (0 <= reserved and reserved <= on_hand)",
  },
  {
    id: "I2",
    title: "the stock of every product is the sum of its ledger",
    sql: `select sku, level.on_hand, level.reserved, entry.on_hand as ledger_on_hand, entry.reserved as ledger_reserved
      from stock_level as level
      left join (select sku, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved
        from stock_entry group by sku) as entry using (sku)
      where level.on_hand <> coalesce(entry.on_hand, 0) or level.reserved <> coalesce(entry.reserved, 0)`,
  },
  {
    id: "I2",
    title: "what is reserved is what live reservations hold",
    sql: `select sku, level.reserved, held.quantity as held
      from stock_level as level
      left join (select sku, sum(quantity) as quantity from stock_reservation_line
        join stock_reservation on id = reservation_id where state = 'RESERVED' group by sku) as held using (sku)
      where level.reserved <> coalesce(held.quantity, 0)`,
  },
  {
    id: "I2",
    title: "what was taken is what committed reservations say, each once",
    sql: `select reservation.id, reservation.state
      from stock_reservation as reservation
      where (select coalesce(sum(-on_hand_delta), 0) from stock_entry
          where reference = reservation.id and kind in ('COMMIT', 'RESTOCK'))
        <> (select coalesce(sum(quantity), 0) from stock_reservation_line
          where reservation_id = reservation.id and reservation.state = 'COMMITTED')`,
  },
  {
    id: "I2",
    title: "what was sold is what was committed, by order and product",
    sql: `select order_id, sku, sold.quantity as sold, taken.quantity as committed
      from (select order_id::text as order_id, sku, sum(quantity) as quantity
        from order_lines join orders on orders.id = order_id
        where orders.state not in ('PENDING', 'FAILED', 'CANCELLED') group by order_id, sku) as sold
      full join (select reservation_id as order_id, sku, quantity
        from stock_reservation_line join stock_reservation on id = reservation_id where state = 'COMMITTED') as taken
        using (order_id, sku)
      where sold.quantity is distinct from taken.quantity`,
  },
];
