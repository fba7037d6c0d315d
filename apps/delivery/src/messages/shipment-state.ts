import { ShipmentState as ProtoShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import type { ShipmentState } from "../domain/shipment-state.js";

/** The contract's value for a state. */
export function toProtoState(state: ShipmentState): ProtoShipmentState {
  return ProtoShipmentState[state];
}

/** The state that the contract's value stands for; throws a RangeError for one that validation lets nobody send. */
export function fromProtoState(state: ProtoShipmentState): ShipmentState {
  const name = ProtoShipmentState[state] as keyof typeof ProtoShipmentState | undefined;
  if (name === undefined || name === "UNSPECIFIED") throw new RangeError(`${state} is no shipment state`);
  return name;
}
