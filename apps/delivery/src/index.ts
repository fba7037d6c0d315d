export { type Invariant, invariants } from "./invariants.js";
export { migrations } from "./migrations/index.js";
export { build, type DeliveryProcess, type DeliveryServiceOptions } from "./service.js";
