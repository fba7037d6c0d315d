export { type BuyConfig, type Peers, readConfig } from "./config.js";
export { invariants } from "./invariants.js";
export { migrations } from "./migrations/index.js";
export { type BuildConfig, type Buy, build } from "./service.js";
