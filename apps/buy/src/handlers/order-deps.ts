import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { OrderChanges } from "../store/order-changes.js";

/** What the handlers of OrderService work with. */
export interface OrderDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changes: OrderChanges;
}
