import { type Kysely, sql } from "kysely";
import { findShortage, linesBySku, type Shortage, type StockLine } from "../domain/stock.js";
import { lockStockLevels, moveStock } from "./stock-rows.js";

/** What became of units that were to be held or taken. */
export type ReserveOutcome =
  | { readonly kind: "reserved" }
  | { readonly kind: "out_of_stock"; readonly shortage: Shortage }
  /** The reservation was released, perhaps before it came, or has expired: it holds nothing and never will. */
  | { readonly kind: "released" };

/** What became of units that were to be taken from a reservation. */
export type CommitOutcome = "committed" | "released";

export interface Reservation {
  /** Names the reservation for good; every function here may be repeated with it. */
  readonly id: string;
  /** At least one; a product may stand in several. */
  readonly lines: readonly StockLine[];
}

type State = "RESERVED" | "COMMITTED" | "RELEASED" | "RESTOCKED";

/**
 * Holds units for an order that is being arranged, all or none. Repeated with the same id it holds nothing more and answers as
 * before, whatever the lines. Writes nothing unless the answer is `reserved`.
 */
export async function reserveStock(
  tx: Kysely<unknown>,
  reservation: Reservation & { readonly expiresAt: Date },
): Promise<ReserveOutcome> {
  return hold(tx, reservation, "RESERVED", reservation.expiresAt);
}

/** Takes units at once without holding them first, e.g. for an order of the past. Otherwise as reserveStock then commitStock. */
export async function takeStock(tx: Kysely<unknown>, reservation: Reservation): Promise<ReserveOutcome> {
  return hold(tx, reservation, "COMMITTED", undefined);
}

async function hold(
  tx: Kysely<unknown>,
  { id, lines }: Reservation,
  state: "RESERVED" | "COMMITTED",
  expiresAt: Date | undefined,
): Promise<ReserveOutcome> {
  const wanted = linesBySku(lines);
  const levels = await lockStockLevels(
    tx,
    wanted.map((line) => line.sku),
  );
  const known = await stateOf(tx, id);
  if (known !== undefined) return answerFor(known);
  const shortage = findShortage(levels, wanted);
  if (shortage) return { kind: "out_of_stock", shortage };
  // A release may slip in between the look and here; the key then belongs to its tombstone.
  if (!(await insertReservation(tx, id, wanted, state, expiresAt))) return { kind: "released" };
  const move =
    state === "RESERVED"
      ? ({ kind: "RESERVE", onHand: 0, reserved: 1 } as const)
      : ({ kind: "COMMIT", onHand: -1, reserved: 0 } as const);
  await moveStock(tx, wanted, { ...move, reference: id });
  return { kind: "reserved" };
}

const answerFor = (state: State): ReserveOutcome =>
  state === "RESERVED" || state === "COMMITTED" ? { kind: "reserved" } : { kind: "released" };

/**
 * Takes the units of a reservation out of the stock for good. A reservation whose time is over still counts as long as nobody
 * has released it, for its units are still held. Repeated, it takes nothing more.
 */
export async function commitStock(tx: Kysely<unknown>, id: string): Promise<CommitOutcome> {
  const lines = await lockForEnd(tx, id);
  const state = await stateOf(tx, id);
  if (state === "COMMITTED") return "committed";
  if (state !== "RESERVED") return "released";
  await setState(tx, id, "COMMITTED");
  await moveStock(tx, lines, { kind: "COMMIT", onHand: -1, reserved: -1, reference: id });
  return "committed";
}

/**
 * Gives up what a reservation holds. One that never came leaves a tombstone, so that it is refused should it come yet. What is
 * committed stays so (the answer is `committed`); restockReservation takes it back.
 */
export async function releaseStock(tx: Kysely<unknown>, id: string): Promise<CommitOutcome> {
  const lines = await lockForEnd(tx, id);
  const state = await stateOf(tx, id);
  if (state === "COMMITTED") return "committed";
  if (state === "RESERVED") {
    await setState(tx, id, "RELEASED");
    await moveStock(tx, lines, { kind: "RELEASE", onHand: 0, reserved: -1, reference: id });
  }
  if (state === undefined && !(await insertReservation(tx, id, [], "RELEASED", undefined))) {
    // The reservation came in the meantime; now that it is visible it can be released.
    return releaseStock(tx, id);
  }
  return "released";
}

/** Puts the units of a committed reservation back into the stock, e.g. when a confirmed order is called off. Repeatable. */
export async function restockReservation(tx: Kysely<unknown>, id: string): Promise<void> {
  const lines = await lockForEnd(tx, id);
  if ((await stateOf(tx, id)) !== "COMMITTED") return;
  await setState(tx, id, "RESTOCKED");
  await moveStock(tx, lines, { kind: "RESTOCK", onHand: 1, reserved: 0, reference: id });
}

/** Ids of reservations whose time is over and which still hold units, the longest overdue first. */
export async function overdueReservations(
  db: Kysely<unknown>,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from stock_reservation where state = 'RESERVED' and expires_at <= ${now}
    order by expires_at limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

// The lines of a reservation never change, so they can be read before the products are locked.
async function lockForEnd(tx: Kysely<unknown>, id: string): Promise<readonly StockLine[]> {
  const { rows } = await sql<StockLine>`
    select sku, quantity from stock_reservation_line where reservation_id = ${id} order by sku`.execute(tx);
  await lockStockLevels(
    tx,
    rows.map((line) => line.sku),
  );
  return rows;
}

async function stateOf(tx: Kysely<unknown>, id: string): Promise<State | undefined> {
  const { rows } = await sql<{ state: State }>`
    select state from stock_reservation where id = ${id} for update`.execute(tx);
  return rows[0]?.state;
}

async function setState(tx: Kysely<unknown>, id: string, state: State): Promise<void> {
  await sql`update stock_reservation set state = ${state}, ended_at = now() where id = ${id}`.execute(tx);
}

async function insertReservation(
  tx: Kysely<unknown>,
  id: string,
  lines: readonly StockLine[],
  state: State,
  expiresAt: Date | undefined,
): Promise<boolean> {
  const inserted = await sql`
    insert into stock_reservation (id, state, expires_at, ended_at)
    values (${id}, ${state}, ${expiresAt ?? null}, case when ${state} = 'RESERVED' then null else now() end)
    on conflict (id) do nothing`.execute(tx);
  if (inserted.numAffectedRows !== 1n) return false;
  const skus = lines.map((line) => line.sku);
  const quantities = lines.map((line) => line.quantity);
  await sql`
    insert into stock_reservation_line (reservation_id, sku, quantity)
    select ${id}, sku, quantity from unnest(${skus}::text[], ${quantities}::bigint[]) as line (sku, quantity)`.execute(
    tx,
  );
  return true;
}
