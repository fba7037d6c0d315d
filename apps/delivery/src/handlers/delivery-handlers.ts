import { type Implementation, implement } from "@charter/server";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { cancelShipmentHandler } from "./cancel-shipment.js";
import { createShipmentHandler } from "./create-shipment.js";
import type { DeliveryDeps } from "./delivery-deps.js";
import { getShipmentHandler } from "./get-shipment.js";
import { ingestCarrierEventsHandler } from "./ingest-carrier-events.js";
import { listSlotsHandler } from "./list-slots.js";
import { quoteHandler } from "./quote.js";
import { releaseSlotHandler } from "./release-slot.js";
import { reserveSlotHandler } from "./reserve-slot.js";
import { trackShipmentHandler } from "./track-shipment.js";
import { watchEventsHandler } from "./watch-events.js";
import { watchShipmentHandler } from "./watch-shipment.js";

/** Everything that delivery answers. ValidateAddress, ListShipments, GetLabel and CreateReturn are in the contract and not built. */
export function deliveryHandlers(deps: DeliveryDeps): Implementation {
  return implement(DeliveryService, {
    quote: quoteHandler(deps),
    listSlots: listSlotsHandler(deps),
    reserveSlot: reserveSlotHandler(deps),
    releaseSlot: releaseSlotHandler(deps),
    createShipment: createShipmentHandler(deps),
    getShipment: getShipmentHandler(deps),
    cancelShipment: cancelShipmentHandler(deps),
    trackShipment: trackShipmentHandler(deps),
    watchShipment: watchShipmentHandler(deps),
    ingestCarrierEvents: ingestCarrierEventsHandler(deps),
    watchEvents: watchEventsHandler(deps),
  });
}
