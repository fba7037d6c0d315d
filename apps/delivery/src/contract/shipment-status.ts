import { ShipmentStatus as ProtoShipmentStatus } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import type { ShipmentStatus } from "../domain/shipment-status.js";

/** The contract's value for a status. */
export function toProtoStatus(status: ShipmentStatus): ProtoShipmentStatus {
  return ProtoShipmentStatus[status];
}

/** The status that the contract's value stands for; throws a RangeError for one that validation lets nobody send. */
export function fromProtoStatus(status: ProtoShipmentStatus): ShipmentStatus {
  const name = ProtoShipmentStatus[status] as keyof typeof ProtoShipmentStatus | undefined;
  if (name === undefined || name === "UNSPECIFIED") throw new RangeError(`${status} is no shipment status`);
  return name;
}
