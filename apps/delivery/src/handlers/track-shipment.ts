import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  TrackShipmentRequest,
  TrackShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { shipmentViews } from "../shipments/shipment-views.js";
import { findShipment } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Answers where a parcel is to whoever has its tracking number. */
export function trackShipmentHandler({ db }: DeliveryDeps) {
  return async ({
    trackingNumber,
  }: TrackShipmentRequest): Promise<MessageInitShape<typeof TrackShipmentResponseSchema>> => {
    const shipment = await findShipment(db, { trackingNumber });
    const view = shipment && (await shipmentViews(db, shipment)).at(-1);
    if (!view) throw deliveryError(DeliveryError.SHIPMENT_NOT_FOUND);
    return { shipment: view };
  };
}
