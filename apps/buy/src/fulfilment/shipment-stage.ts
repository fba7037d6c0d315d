import { ShipmentStatus } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import type { ShipmentStage } from "../domain/order-fulfilment.js";

const STAGES: Readonly<Record<ShipmentStatus, ShipmentStage | undefined>> = {
  [ShipmentStatus.UNSPECIFIED]: undefined,
  [ShipmentStatus.CREATED]: "PACKING",
  [ShipmentStatus.LABELLED]: "PACKING",
  [ShipmentStatus.HANDED_OVER]: "UNDER_WAY",
  [ShipmentStatus.IN_TRANSIT]: "UNDER_WAY",
  [ShipmentStatus.OUT_FOR_DELIVERY]: "UNDER_WAY",
  [ShipmentStatus.FAILED_ATTEMPT]: "UNDER_WAY",
  [ShipmentStatus.DELIVERED]: "DELIVERED",
  [ShipmentStatus.RETURNED]: "RETURNED",
  [ShipmentStatus.LOST]: "LOST",
  [ShipmentStatus.CANCELLED]: "CANCELLED",
};

/** The stage that a status of the delivery service stands for; undefined for one that this version does not know. */
export function stageOf(status: ShipmentStatus): ShipmentStage | undefined {
  return STAGES[status];
}
