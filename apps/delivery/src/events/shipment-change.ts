import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { appendEvents } from "@charter/postgres";
import {
  type ShipmentChange,
  ShipmentChangeSchema,
} from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import type { Report } from "../domain/shipment-history.js";
import type { ShipmentState } from "../domain/shipment-state.js";
import { toProtoHistoryEntry } from "../messages/shipment.js";
import { toProtoState } from "../messages/shipment-state.js";
import type { DeliveryTransaction } from "../store/database.js";
import { setPositions } from "../store/shipment-reports.js";
import type { StoredShipment } from "../store/shipments.js";

/** The log that other services follow; one event per revision of a shipment. */
export const shipmentStream = "delivery.shipments";

/** One revision of a shipment: `shipment` as it stands after it. */
export interface Revision {
  readonly shipment: StoredShipment;
  readonly previousState: ShipmentState | undefined;
  readonly reported: Report;
  readonly recordedAtMs: number;
}

/** Writes revisions to the log, in the transaction that stores them; the last thing that transaction does. */
export async function publishRevisions(
  tx: DeliveryTransaction,
  revisions: readonly Revision[],
): Promise<void> {
  const first = await appendEvents(tx, shipmentStream, revisions.map(eventOf));
  const stored = revisions.map(({ shipment: { shipmentId, revision } }) => ({ shipmentId, revision }));
  await setPositions(tx, stored, first);
}

function eventOf({ shipment, previousState, reported, recordedAtMs }: Revision) {
  const change = create(ShipmentChangeSchema, {
    shipmentId: shipment.shipmentId,
    orderId: shipment.orderId,
    version: shipment.revision,
    state: toProtoState(shipment.state),
    reported: toProtoHistoryEntry(reported),
    recordTime: timestampFromMs(recordedAtMs),
    trackingNumber: shipment.trackingNumber,
    ...(previousState && { previousState: toProtoState(previousState) }),
  });
  return {
    aggregateId: shipment.shipmentId,
    type: "shipment_changed",
    payload: toBinary(ShipmentChangeSchema, change),
  };
}

/** Reads an event's payload. */
export function decodeChange(payload: Uint8Array): ShipmentChange {
  return fromBinary(ShipmentChangeSchema, payload);
}
