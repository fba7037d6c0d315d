import type { Database } from "@charter/postgres";
import type { Clock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import type { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import type { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";

/** What the parts of a page come from. */
export interface StorefrontDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
  readonly discount: Pick<Client<typeof DiscountService>, "listCampaigns">;
  readonly delivery: Pick<Client<typeof DeliveryService>, "quote">;
}

/** How long any part may take, in milliseconds; then the page goes without it. */
export const PART_TIMEOUT_MS = 1_500;
