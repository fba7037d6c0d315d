import { type Kysely, sql } from "kysely";
import { type CartLine, setQuantity, withoutOrdered } from "../domain/cart.js";

/** A user's cart as it is stored. */
export interface CartRecord {
  /** 0 for a cart that never held anything. */
  readonly version: bigint;
  /** Undefined for version 0. */
  readonly updatedAt: Date | undefined;
  /** In ascending order of SKU. */
  readonly lines: readonly CartLine[];
}

/** The units that a cart shall hold of one product. */
export interface CartItem {
  readonly userId: string;
  readonly sku: string;
  /** 0 removes the product. */
  readonly quantity: number;
  /** Refused when another version is current; undefined to change whatever is there. */
  readonly expectedVersion: bigint | undefined;
  readonly now: Date;
}

/** What became of a change to a cart. */
export type CartOutcome =
  | { readonly kind: "changed" | "unchanged" | "full" }
  | { readonly kind: "other_version"; readonly version: bigint };

/** The user's cart. Every user has one. */
export async function readCart(db: Kysely<unknown>, userId: string): Promise<CartRecord> {
  // One statement, so that version and lines belong together.
  const { rows } = await sql<{ version: bigint; updatedAt: Date; sku: string | null; quantity: number }>`
    select version, updated_at as "updatedAt", sku, quantity
    from cart left join cart_line using (user_id) where user_id = ${userId} order by sku`.execute(db);
  const lines = rows.flatMap(({ sku, quantity }) => (sku === null ? [] : [{ sku, quantity }]));
  const version = rows[0]?.version ?? 0n;
  return { version, updatedAt: version === 0n ? undefined : rows[0]?.updatedAt, lines };
}

/** Sets how many units of a product the cart holds. The version grows only when that changes something. */
export async function setCartItem(tx: Kysely<unknown>, item: CartItem): Promise<CartOutcome> {
  const { userId, sku, expectedVersion, now } = item;
  const cart = await lockCart(tx, userId, now);
  if (expectedVersion !== undefined && expectedVersion !== cart.version) {
    return { kind: "other_version", version: cart.version };
  }
  const change = setQuantity(cart.lines, sku, item.quantity);
  if (change.kind !== "changed") return change;
  await writeLine(tx, userId, { sku, quantity: change.quantity });
  await raiseVersion(tx, userId, now);
  return { kind: "changed" };
}

/** Takes out what was ordered; what the shopper put in since stays. Not repeatable: the caller sees to it that it runs once. */
export async function removeOrdered(
  tx: Kysely<unknown>,
  {
    userId,
    lines,
    now,
  }: { readonly userId: string; readonly lines: readonly CartLine[]; readonly now: Date },
): Promise<void> {
  const cart = await lockCart(tx, userId, now);
  const left = new Map(withoutOrdered(cart.lines, lines).map((line) => [line.sku, line.quantity]));
  const changed = cart.lines.filter((line) => left.get(line.sku) !== line.quantity);
  for (const { sku } of changed) await writeLine(tx, userId, { sku, quantity: left.get(sku) ?? 0 });
  if (changed.length > 0) await raiseVersion(tx, userId, now);
}

async function lockCart(tx: Kysely<unknown>, userId: string, now: Date): Promise<CartRecord> {
  await sql`
    insert into cart (user_id, version, updated_at) values (${userId}, 0, ${now})
    on conflict (user_id) do nothing`.execute(tx);
  await sql`select from cart where user_id = ${userId} for update`.execute(tx);
  return readCart(tx, userId);
}

async function writeLine(
  tx: Kysely<unknown>,
  userId: string,
  { sku, quantity }: { readonly sku: string; readonly quantity: number },
): Promise<void> {
  if (quantity === 0) {
    await sql`delete from cart_line where user_id = ${userId} and sku = ${sku}`.execute(tx);
    return;
  }
  await sql`
    insert into cart_line (user_id, sku, quantity) values (${userId}, ${sku}, ${quantity})
    on conflict (user_id, sku) do update set quantity = excluded.quantity`.execute(tx);
}

async function raiseVersion(tx: Kysely<unknown>, userId: string, now: Date): Promise<void> {
  await sql`update cart set version = version + 1, updated_at = ${now} where user_id = ${userId}`.execute(tx);
}
