export { type Clock, systemClock, type Timer } from "./clock.js";
export { Deadline } from "./deadline.js";
export { type Repeated, type RepeatOptions, repeat } from "./repeat.js";
export { sleep } from "./sleep.js";
