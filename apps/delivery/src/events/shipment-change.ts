import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { appendEvent } from "@charter/postgres";
import {
  type ShipmentChange,
  ShipmentChangeSchema,
} from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import type { Report } from "../domain/shipment-history.js";
import type { ShipmentState } from "../domain/shipment-state.js";
import { toProtoHistoryEntry } from "../messages/shipment.js";
import { toProtoState } from "../messages/shipment-state.js";
import type { DeliveryTransaction } from "../store/database.js";
import { setPosition } from "../store/shipment-reports.js";
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

/** Writes the revision to the log, in the transaction that stores it; the last thing that transaction does. */
export async function publishRevision(tx: DeliveryTransaction, revision: Revision): Promise<void> {
  const { shipment, previousState, reported, recordedAtMs } = revision;
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
  const position = await appendEvent(tx, {
    stream: shipmentStream,
    aggregateId: shipment.shipmentId,
    type: "shipment_changed",
    payload: toBinary(ShipmentChangeSchema, change),
  });
  await setPosition(tx, shipment.shipmentId, { revision: shipment.revision, position });
}

/** Reads an event's payload. */
export function decodeChange(payload: Uint8Array): ShipmentChange {
  return fromBinary(ShipmentChangeSchema, payload);
}
