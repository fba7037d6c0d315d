import { type Kysely, sql } from "kysely";
import type { Order } from "../domain/order.js";
import type { OrderState } from "../domain/order-state.js";
import { readOrders } from "./order-read.js";

/** The order that a page ended with. */
export interface OrderPosition {
  readonly placedAt: Date;
  readonly id: string;
}

/** Which orders to list. */
export interface OrderFilter {
  /** Whose; unset for everybody's. */
  readonly userId?: string;
  /** In which states; empty for all. */
  readonly states: readonly OrderState[];
}

/** A part of a list, the latest placed first. */
export interface OrderPage {
  readonly orders: readonly Order[];
  /** Where the list goes on; unset at its end. */
  readonly next?: OrderPosition;
}

/** A page ends early rather than holding more lines of orders than this, for imported orders may have many. */
const MAX_LINES_PER_PAGE = 5_000;

/** At most `limit` orders after `after`, and always at least one while there is one. */
export async function listOrders(
  db: Kysely<unknown>,
  filter: OrderFilter,
  { after, limit }: { readonly after?: OrderPosition; readonly limit: number },
): Promise<OrderPage> {
  const found = await findOrders(db, filter, after, limit + 1);
  const page = found.slice(0, Math.min(limit, fitting(found)));
  const last = page.at(-1);
  const orders = await readOrders(
    db,
    page.map(({ id }) => id),
  );
  return page.length < found.length && last
    ? { orders, next: { placedAt: last.placed_at, id: last.id } }
    : { orders };
}

interface Found {
  readonly id: string;
  readonly placed_at: Date;
  readonly line_count: number;
}

function fitting(found: readonly Found[]): number {
  let lines = 0;
  const end = found.findIndex(({ line_count }) => {
    lines += line_count;
    return lines > MAX_LINES_PER_PAGE;
  });
  return end === -1 ? found.length : Math.max(1, end);
}

async function findOrders(
  db: Kysely<unknown>,
  { userId, states }: OrderFilter,
  after: OrderPosition | undefined,
  limit: number,
): Promise<readonly Found[]> {
  const whose = userId === undefined ? sql`true` : sql`user_id = ${userId}`;
  const inStates = states.length === 0 ? sql`true` : sql`state = any(${states})`;
  const beyond = after ? sql`(placed_at, id) < (${after.placedAt}, ${after.id}::uuid)` : sql`true`;
  const { rows } = await sql<Found>`
    select id, placed_at, line_count from orders where ${whose} and ${inStates} and ${beyond}
    order by placed_at desc, id desc limit ${limit}`.execute(db);
  return rows;
}
