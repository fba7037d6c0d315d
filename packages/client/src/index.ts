export type { Protocol, Target } from "./callee.js";
export { type Channel, type ChannelOptions, createChannel } from "./channel.js";
export { type CallErrorReason, errorReason, isContractError, retryAfterMs } from "./error-reason.js";
export { certainlyNotSent, type Outcome, outcomeOf } from "./outcome.js";
export type { Credentials } from "./prepare-call.js";
