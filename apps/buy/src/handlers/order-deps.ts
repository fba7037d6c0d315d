import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Checkout } from "../checkout/create-checkout.js";
import type { QuotingDeps } from "../quoting/quoting-deps.js";
import type { OrderChanges } from "../store/order-changes.js";

/** What the handlers of OrderService work with. */
export interface OrderDeps extends QuotingDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changes: OrderChanges;
  readonly checkout: Checkout;
}
