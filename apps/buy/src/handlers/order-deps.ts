import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { Checkout } from "../checkout/create-checkout.js";
import type { OrderChanges } from "../store/order-changes.js";

/** What the handlers of OrderService work with. */
export interface OrderDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly changes: OrderChanges;
  readonly checkout: Checkout;
  readonly discount: Pick<Client<typeof DiscountService>, "evaluate">;
  readonly delivery: Pick<Client<typeof DeliveryService>, "quote" | "cancelShipment">;
}
