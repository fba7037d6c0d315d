import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import type { ShipmentStage } from "../domain/order-fulfilment.js";

const STAGES: Readonly<Record<ShipmentState, ShipmentStage | undefined>> = {
  [ShipmentState.UNSPECIFIED]: undefined,
  [ShipmentState.CREATED]: "PACKING",
  [ShipmentState.LABELLED]: "PACKING",
  [ShipmentState.HANDED_OVER]: "UNDER_WAY",
  [ShipmentState.IN_TRANSIT]: "UNDER_WAY",
  [ShipmentState.OUT_FOR_DELIVERY]: "UNDER_WAY",
  [ShipmentState.FAILED_ATTEMPT]: "UNDER_WAY",
  [ShipmentState.DELIVERED]: "DELIVERED",
  [ShipmentState.RETURNED]: "RETURNED",
  [ShipmentState.LOST]: "LOST",
  [ShipmentState.CANCELLED]: "CANCELLED",
};

/** The stage that a status of the delivery service stands for; undefined for one that this version does not know. */
export function stageOf(status: ShipmentState): ShipmentStage | undefined {
  return STAGES[status];
}
