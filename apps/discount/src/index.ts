export { type DiscountConfig, readConfig } from "./config.js";
export { invariants } from "./invariants.js";
export { migrations } from "./migrations/index.js";
export { type BuildConfig, build, type Discount } from "./service.js";
