import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { Checkout } from "../checkout/create-checkout.js";

/** What the follower of delivery's events works with. */
export interface FulfilmentDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly delivery: Pick<Client<typeof DeliveryService>, "watchEvents">;
  readonly checkout: Checkout;
  /** Upper bound of the first pause before the stream is opened anew; it doubles up to 10,000. Default 100. */
  readonly backoffMs?: number;
}
