import type { Carrier } from "../carrier/carrier.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { isCancellable } from "../domain/shipment-state.js";
import type { DeliveryTransaction } from "../store/database.js";
import { lockReservation, release, reservationOf } from "../store/reservations.js";
import { lockShipment, type StoredShipment } from "../store/shipments.js";
import { recordReport } from "./record-report.js";

/** Gives a shipment up, if the carrier does not have it yet, and frees its slot. Answers the shipment as cancelled, also when it was. */
export async function cancelShipment(
  tx: DeliveryTransaction,
  carrier: Carrier,
  { shipmentId, nowMs }: { readonly shipmentId: string; readonly nowMs: number },
): Promise<StoredShipment> {
  // Before the shipment's row, as the carrier's own steps do, so that the two never wait for each other.
  await carrier.withdraw(tx, shipmentId);
  const reservationKey = await reservationOf(tx, shipmentId);
  const reservation = reservationKey && (await lockReservation(tx, reservationKey));
  const shipment = await lockShipment(tx, { shipmentId });
  if (!shipment) throw deliveryError(DeliveryError.SHIPMENT_NOT_FOUND);
  if (shipment.state === "CANCELLED") return shipment;
  if (!isCancellable(shipment.state)) {
    throw deliveryError(DeliveryError.SHIPMENT_NOT_CANCELLABLE, { metadata: { state: shipment.state } });
  }
  if (reservationKey && reservation?.state === "confirmed") await release(tx, reservationKey, reservation);
  const report = { reportId: "cancelled", state: "CANCELLED", occurredAtMs: nowMs, location: "" } as const;
  const outcome = await recordReport(tx, shipment, report, { carrier: undefined, nowMs });
  if (outcome.kind !== "recorded") throw new Error(`a cancellation was not recorded: ${outcome.kind}`);
  return outcome.shipment;
}
