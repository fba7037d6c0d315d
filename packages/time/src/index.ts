export { type Clock, systemClock, type Timer } from "./clock.js";
export { Deadline } from "./deadline.js";
export { sleep } from "./sleep.js";
