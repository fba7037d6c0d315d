import { sql, type Transaction } from "kysely";
import type { OrderActor, OrderEventName } from "../domain/order.js";
import type { OrderState } from "../domain/order-state.js";

/** What is added to the history of one order among several. */
export interface NewEntry {
  readonly orderId: string;
  readonly event: OrderEventName;
  /** Where it leaves the order. */
  readonly state: OrderState;
  readonly actor: OrderActor;
  /** When it happened. */
  readonly at: Date;
}

/** Adds to the histories of locked orders, whose states become those of their last entries. */
export async function appendEntries(tx: Transaction<unknown>, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const count = new Map<string, number>();
  const numbered = entries.map((entry) => {
    const number = (count.get(entry.orderId) ?? 0) + 1;
    count.set(entry.orderId, number);
    return { ...entry, number, actor_kind: entry.actor.kind, actor_user_id: entry.actor.userId ?? null };
  });
  // The ids are given twice so that the server goes by the index: it does not know how few the entries are.
  await sql`
    with entry as (
      select * from jsonb_to_recordset(${JSON.stringify(numbered)}::jsonb) as entry ("orderId" uuid, number int,
        event text, state text, at timestamptz, actor_kind text, actor_user_id uuid)
    ), last as (
      select distinct on ("orderId") "orderId", number, state, max(at) over (partition by "orderId") as at
      from entry order by "orderId", number desc
    ), grown as (
      update orders set history_length = history_length + last.number, state = last.state,
        updated_at = greatest(updated_at, last.at)
      from last where orders.id = last."orderId" and orders.id = any(${[...count.keys()]}::uuid[])
      returning orders.id, history_length - last.number as before
    )
    insert into order_history (order_id, sequence, event, state, occurred_at, actor_kind, actor_user_id, note)
    select id, before + number, event, state, at, actor_kind, actor_user_id, '' from grown
    join entry on entry."orderId" = grown.id`.execute(tx);
}
