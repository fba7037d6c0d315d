import type { Client } from "@connectrpc/connect";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";

/** The services that have a say in a price. */
export interface QuotingDeps {
  readonly discount: Pick<Client<typeof DiscountService>, "evaluate">;
  readonly delivery: Pick<Client<typeof DeliveryService>, "quote">;
}
