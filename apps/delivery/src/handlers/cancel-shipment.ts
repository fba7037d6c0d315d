import type { MessageInitShape } from "@bufbuild/protobuf";
import { inTransaction } from "@charter/postgres";
import type { Call } from "@charter/server";
import type {
  CancelShipmentRequest,
  CancelShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { historyOf } from "../domain/shipment-history.js";
import { toProtoShipment } from "../messages/shipment.js";
import { cancelShipment } from "../shipments/cancel-shipment.js";
import type { DeliveryTransaction } from "../store/database.js";
import { reportsOf } from "../store/shipment-reports.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Gives a shipment up before the carrier has it. */
export function cancelShipmentHandler({ db, clock, carrier, tail }: DeliveryDeps) {
  return async (
    { shipmentId }: CancelShipmentRequest,
    { deadline, signal }: Call,
  ): Promise<MessageInitShape<typeof CancelShipmentResponseSchema>> => {
    const cancel = async (tx: DeliveryTransaction) => {
      const shipment = await cancelShipment(tx, carrier, { shipmentId, nowMs: clock.nowMs() });
      return toProtoShipment(shipment, historyOf(await reportsOf(tx, shipmentId)));
    };
    const shipment = await inTransaction(db, cancel, { deadline, signal, clock });
    tail.nudge();
    return { shipment };
  };
}
