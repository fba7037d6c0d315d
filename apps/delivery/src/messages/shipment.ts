import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type {
  ShipmentHistoryEntrySchema,
  ShipmentSchema,
  TrackedShipmentSchema,
} from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import type { History, Report } from "../domain/shipment-history.js";
import type { StoredShipment } from "../store/shipments.js";
import { toProtoLevel } from "./service-level.js";
import { toProtoState } from "./shipment-state.js";
import { toProtoWindow } from "./window.js";

/** The contract's form of one report. */
export function toProtoHistoryEntry(report: Report): MessageInitShape<typeof ShipmentHistoryEntrySchema> {
  return {
    state: toProtoState(report.state),
    occurTime: timestampFromMs(report.occurredAtMs),
    location: report.location,
  };
}

/** Everything that is known of a shipment. */
export function toProtoShipment(
  shipment: StoredShipment,
  history: History,
): MessageInitShape<typeof ShipmentSchema> {
  const { address } = shipment;
  return {
    shipmentId: shipment.shipmentId,
    orderId: shipment.orderId,
    customerId: shipment.customerId ?? "",
    trackingNumber: shipment.trackingNumber,
    state: toProtoState(shipment.state),
    serviceLevel: toProtoLevel(shipment.level),
    promise: toProtoWindow(shipment.promise),
    slotId: shipment.slotId ?? "",
    address: { ...address, lines: [...address.lines] },
    items: shipment.items.map((item) => ({ ...item })),
    history: history.reports.map(toProtoHistoryEntry),
    carrier: shipment.carrier,
    createTime: timestampFromMs(shipment.createdAtMs),
    version: shipment.revision,
  };
}

/** What anybody with the tracking number may know: nothing personal. */
export function toProtoTrackedShipment(
  shipment: StoredShipment,
  history: History,
  revision: number,
): MessageInitShape<typeof TrackedShipmentSchema> {
  return {
    state: toProtoState(history.state),
    promise: toProtoWindow(shipment.promise),
    history: history.reports.map(toProtoHistoryEntry),
    destinationCountryCode: shipment.address.countryCode,
    carrier: shipment.carrier,
    version: revision,
  };
}
