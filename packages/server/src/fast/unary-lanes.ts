import type { ListenerOptions } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import type { LaneCall } from "./lane-call.js";
import { UnaryLane, type UnaryOutcome } from "./unary-lane.js";

/** A lane for each method that is unary and built, and whose calls every layer can serve so. */
export function unaryLanes<C extends LaneCall>(
  { endpoints, stack }: Pick<ListenerOptions, "endpoints" | "stack">,
  outcome: UnaryOutcome<C>,
): ReadonlyMap<Endpoint, UnaryLane<C>> {
  const lanes = new Map<Endpoint, UnaryLane<C>>();
  for (const endpoint of endpoints.values()) {
    const handler = endpoint.invoke?.unary;
    const steps = stack.steps(endpoint);
    if (handler && steps) lanes.set(endpoint, new UnaryLane(handler, steps, outcome));
  }
  return lanes;
}
