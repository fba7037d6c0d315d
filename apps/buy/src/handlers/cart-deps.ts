import type { Database } from "@charter/postgres";
import type { Clock } from "@charter/time";
import type { QuotingDeps } from "../quoting/quoting-deps.js";

/** What the handlers of CartService work with. */
export interface CartDeps extends QuotingDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
}
