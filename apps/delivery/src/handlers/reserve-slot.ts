import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { inTransaction } from "@charter/postgres";
import { type Call, callerName } from "@charter/server";
import type {
  ReserveSlotRequest,
  ReserveSlotResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import type { Quote } from "../domain/quote.js";
import { findSlot, slotIsOpen, type TemplateSlot } from "../domain/slot-template.js";
import { minuteMs } from "../domain/time-span.js";
import { slotAreaOf } from "../domain/zone.js";
import { toProtoWindow } from "../messages/window.js";
import type { DeliveryTransaction } from "../store/database.js";
import {
  hold,
  lockReservation,
  prolong,
  type Reservation,
  type ReservationKey,
} from "../store/reservations.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** How long a place is held: longer than a checkout takes until its pivot. */
export const holdMs = 15 * minuteMs;

/** Holds a place of a slot under the caller's key. */
export function reserveSlotHandler({ db, clock, seal, template }: DeliveryDeps) {
  return async (
    request: ReserveSlotRequest,
    call: Call,
  ): Promise<MessageInitShape<typeof ReserveSlotResponseSchema>> => {
    const quote = seal.open(request.quoteId);
    if (!quote) throw deliveryError(DeliveryError.QUOTE_INVALID);
    const slot = findSlot(template, request.slotId);
    if (!slot) throw deliveryError(DeliveryError.SLOT_NOT_FOUND);
    if (!covers(quote, slot)) throw deliveryError(DeliveryError.QUOTE_MISMATCH);
    const key = { caller: callerName(call), key: request.reservationKey };
    const { deadline, signal } = call;
    const attempt = (tx: DeliveryTransaction) => reserve(tx, key, { slot, quote, nowMs: clock.nowMs() });
    const expiresAtMs = await inTransaction(db, attempt, { deadline, signal, clock });
    return {
      slotId: slot.slotId,
      window: toProtoWindow(slot.window),
      expireTime: timestampFromMs(expiresAtMs),
    };
  };
}

interface Wish {
  readonly slot: TemplateSlot;
  readonly quote: Quote;
  readonly nowMs: number;
}

/** Answers until when the place is held. */
async function reserve(tx: DeliveryTransaction, key: ReservationKey, wish: Wish): Promise<number> {
  const { slot, quote, nowMs } = wish;
  const expiresAtMs = nowMs + holdMs;
  const reservation = await lockReservation(tx, key);
  if (reservation?.state === "released") throw deliveryError(DeliveryError.RESERVATION_RELEASED);
  if (reservation && reservation.slotId !== slot.slotId)
    throw deliveryError(DeliveryError.IDEMPOTENCY_KEY_REUSED);
  if (reservation && stands(reservation, nowMs)) return reservation.expiresAtMs;
  if (!slotIsOpen(slot, nowMs)) throw deliveryError(DeliveryError.SLOT_CLOSED);
  if (!reservation && quote.expiresAtMs <= nowMs) throw deliveryError(DeliveryError.QUOTE_EXPIRED);
  if (reservation?.state === "held") await prolong(tx, key, expiresAtMs);
  else if (!(await hold(tx, key, slot, { nowMs, expiresAtMs }))) throw deliveryError(DeliveryError.SLOT_FULL);
  return expiresAtMs;
}

function stands(reservation: Exclude<Reservation, { state: "released" }>, nowMs: number): boolean {
  return (
    reservation.state === "confirmed" || (reservation.state === "held" && reservation.expiresAtMs > nowMs)
  );
}

function covers(quote: Quote, slot: TemplateSlot): boolean {
  return slotAreaOf(quote.destination) === slot.area && quote.options.some(({ level }) => level === "SLOT");
}
