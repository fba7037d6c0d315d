import type { Call } from "@charter/server";
import type { Clock } from "@charter/time";
import type { DiscountDatabase } from "../store/schema.js";

/** What every handler works with. */
export interface DiscountDeps {
  readonly db: DiscountDatabase;
  readonly clock: Clock;
}

/** What handlers need to know of the call they serve. */
export type CallContext = Pick<Call, "principal" | "deadline" | "signal">;
