import { type OrderChange, type OrderState, transition } from "./order-state.js";

/** Where a shipment of an order stands, as far as the order cares. */
export type ShipmentStage = "PACKING" | "UNDER_WAY" | "DELIVERED" | "RETURNED" | "LOST" | "CANCELLED";

const LEFT: readonly ShipmentStage[] = ["UNDER_WAY", "DELIVERED", "RETURNED", "LOST"];

/**
 * What the shipments of an order, taken together, make happen to it, in order. A cancelled shipment does not count. A lost
 * one has left, but never arrives: the order stays FULFILLED until somebody deals with it.
 */
export function changesOfShipments(stages: readonly ShipmentStage[]): readonly OrderChange[] {
  const counted = stages.filter((stage) => stage !== "CANCELLED");
  if (counted.length === 0) return [];
  const left = counted.filter((stage) => LEFT.includes(stage));
  if (left.length === 0) return [];
  if (left.length < counted.length) return ["FULFIL_PART"];
  if (counted.every((stage) => stage === "RETURNED")) return ["FULFIL_ALL", "RETURN"];
  if (counted.every((stage) => stage === "DELIVERED" || stage === "RETURNED"))
    return ["FULFIL_ALL", "DELIVER"];
  return ["FULFIL_ALL"];
}

/** The states that an order in `state` passes through under these changes; changes that it refuses are left out. */
export function statesAfter(state: OrderState, changes: readonly OrderChange[]): readonly OrderState[] {
  const passed: OrderState[] = [];
  for (const change of changes) {
    const next = transition(passed.at(-1) ?? state, change);
    if (next.kind === "moved") passed.push(next.to);
  }
  return passed;
}
