import { DeliveryError, deliveryError } from "../delivery-error.js";
import { openSlots, type SlotTemplate, slotHorizonMs, type TemplateSlot } from "../domain/slot-template.js";
import type { DeliveryTransaction } from "../store/database.js";
import {
  hold,
  lockReservation,
  type Reservation,
  type ReservationKey,
  release,
} from "../store/reservations.js";
import { findReservedSlot, takenPlaces } from "../store/slots.js";

/** Where slots are looked for. */
export interface SlotSearch {
  readonly template: SlotTemplate;
  /** The area that the shipment goes to; undefined where no slots are driven. */
  readonly area: string | undefined;
  readonly nowMs: number;
}

/** The slot that a shipment gets, and whether it is another than the one reserved. */
export interface Placement {
  readonly slot: TemplateSlot;
  readonly moved: boolean;
}

/**
 * Finds the slot for a shipment whose order stands. The reserved one, as long as its place is still held or free; else the next one of the
 * area that is free, for there is no way back. Afterwards the reservation counts for a place and waits to be confirmed.
 */
export async function placeInSlot(
  tx: DeliveryTransaction,
  key: ReservationKey,
  search: SlotSearch,
): Promise<Placement> {
  const { nowMs } = search;
  const reservation = requireOpen(await lockReservation(tx, key));
  const slot = await findReservedSlot(tx, reservation.slotId);
  if (!slot) throw new Error(`the reserved slot ${reservation.slotId} has no row`);
  if (slot.area !== search.area) throw deliveryError(DeliveryError.QUOTE_MISMATCH);
  const isAhead = slot.window.startsAtMs > nowMs;
  if (isAhead && reservation.state === "held") return { slot, moved: false };
  if (isAhead && (await take(tx, key, slot, nowMs))) return { slot, moved: false };
  if (reservation.state === "held") await release(tx, key, reservation);
  return { slot: await takeNext(tx, key, { ...search, area: slot.area }), moved: true };
}

type OpenReservation = Exclude<Reservation, { state: "released" }>;

function requireOpen(reservation: Reservation | undefined): OpenReservation {
  if (!reservation) throw deliveryError(DeliveryError.RESERVATION_NOT_FOUND);
  if (reservation.state === "released") throw deliveryError(DeliveryError.RESERVATION_RELEASED);
  if (reservation.state === "confirmed") throw deliveryError(DeliveryError.RESERVATION_CONFIRMED);
  return reservation;
}

async function takeNext(
  tx: DeliveryTransaction,
  key: ReservationKey,
  { template, area, nowMs }: SlotSearch & { readonly area: string },
): Promise<TemplateSlot> {
  const slots = openSlots(template, area, nowMs, { startsAtMs: nowMs, endsAtMs: nowMs + slotHorizonMs });
  const taken = await takenPlaces(
    tx,
    slots.map(({ slotId }) => slotId),
    nowMs,
  );
  for (const slot of slots) {
    const seemsFree = (taken.get(slot.slotId) ?? 0) < slot.capacity;
    if (seemsFree && (await take(tx, key, slot, nowMs))) return slot;
  }
  throw deliveryError(DeliveryError.SLOT_FULL);
}

function take(
  tx: DeliveryTransaction,
  key: ReservationKey,
  slot: TemplateSlot,
  nowMs: number,
): Promise<boolean> {
  // The hold lasts until this transaction confirms it, so when it would expire is of no matter.
  return hold(tx, key, slot, { nowMs, expiresAtMs: nowMs });
}
