import type { Clock } from "@charter/time";
import { RateLimiter } from "../rate/rate-limiter.js";
import type { Layer } from "../server-call.js";
import { gate } from "./gate.js";

/** Keeps the declared rates per address, before a token costs a verification. */
export function rateByAddress<T>(clock: Clock): Layer<T> {
  const limiter = new RateLimiter(clock, ({ key }) => key === "address");
  return gate((call) => limiter.admit(call));
}
