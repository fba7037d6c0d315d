import type { Clock } from "@charter/time";
import type { DiscountDatabase } from "../store/schema.js";

/** What every handler works with. */
export interface Deps {
  readonly db: DiscountDatabase;
  readonly clock: Clock;
}
