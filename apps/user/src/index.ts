export { readConfig, type UserConfig } from "./config.js";
export { migrations } from "./migrations/index.js";
export { type BuildConfig, build, type UserProcess } from "./service.js";
