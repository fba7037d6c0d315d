import type { Clock } from "@charter/time";
import { RateLimiter } from "../rate/rate-limiter.js";
import type { Layer } from "../server-call.js";
import { gate } from "./gate.js";

/** Keeps the declared rates per subject, per caller and for all calls together, once it is known who calls. */
export function rateByCaller<T>(clock: Clock): Layer<T> {
  const limiter = new RateLimiter(clock, ({ key }) => key !== "address");
  return gate((call) => limiter.admit(call));
}
