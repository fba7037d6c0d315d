import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import type { PaymentProvider } from "../payment/payment-provider.js";
import type { CheckoutOrders } from "../store/checkout-orders.js";

/** What the steps of a checkout work with. */
export interface CheckoutDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly discount: Client<typeof DiscountService>;
  readonly delivery: Client<typeof DeliveryService>;
  readonly payment: PaymentProvider;
  readonly orders: CheckoutOrders;
}
