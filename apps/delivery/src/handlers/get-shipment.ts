import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Call, hasRole } from "@charter/server";
import type {
  GetShipmentRequest,
  GetShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { historyOf } from "../domain/shipment-history.js";
import { toProtoShipment } from "../messages/shipment.js";
import { reportsOf } from "../store/shipment-reports.js";
import { findShipment, type StoredShipment } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Services that speak for any customer. */
const trustedServices = new Set(["buy", "user"]);

/** Answers one shipment to its customer, staff and trusted services; to all others it does not exist. */
export function getShipmentHandler({ db }: DeliveryDeps) {
  return async (
    request: GetShipmentRequest,
    call: Call,
  ): Promise<MessageInitShape<typeof GetShipmentResponseSchema>> => {
    const shipment = await findShipment(db, request);
    if (!shipment || !maySee(call, shipment)) throw deliveryError(DeliveryError.SHIPMENT_NOT_FOUND);
    const history = historyOf(await reportsOf(db, shipment.shipmentId));
    return { shipment: toProtoShipment({ ...shipment, state: history.state }, history) };
  };
}

function maySee({ principal }: Call, shipment: StoredShipment): boolean {
  if (principal.kind === "service") return trustedServices.has(principal.service);
  return (
    principal.kind === "user" && (hasRole(principal, "operator") || principal.subject === shipment.customerId)
  );
}
