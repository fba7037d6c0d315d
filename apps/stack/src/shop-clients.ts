import { type Channel, createChannel } from "@charter/client";
import type { Client } from "@connectrpc/connect";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { StorefrontService } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { type PerService, serviceNames } from "./launch/services.js";

/** Everything that can be called in the shop, as one person. */
export interface ShopClients {
  users: Client<typeof UserService>;
  discounts: Client<typeof DiscountService>;
  deliveries: Client<typeof DeliveryService>;
  catalog: Client<typeof CatalogService>;
  cart: Client<typeof CartService>;
  orders: Client<typeof OrderService>;
  storefront: Client<typeof StorefrontService>;
  /** What carries the calls, to look at. */
  channel: Channel;
  /** From now on calls carry this access token. */
  actAs(accessToken: string): void;
  close(): void;
}

/** Connects to the four services; anonymous until `actAs` is called. */
export function connectShop(urls: PerService<string>): ShopClients {
  let token: string | undefined;
  const targets = Object.fromEntries(
    serviceNames.map((name) => [`shop.${name}.v1`, { url: urls[name], audience: name }]),
  );
  const channel: Channel = createChannel({ targets, credentials: { tokenFor: async () => token } });
  return {
    users: channel.client(UserService),
    discounts: channel.client(DiscountService),
    deliveries: channel.client(DeliveryService),
    catalog: channel.client(CatalogService),
    cart: channel.client(CartService),
    orders: channel.client(OrderService),
    storefront: channel.client(StorefrontService),
    channel,
    actAs: (accessToken) => {
      token = accessToken;
    },
    close: () => channel.close(),
  };
}

/** Logs in and acts as that account from then on. */
export async function login(shop: ShopClients, email: string, password: string): Promise<void> {
  const { tokens } = await shop.users.login({ email, password, clientLabel: "charter stack" });
  if (!tokens) throw new Error("the user service answered a login without tokens");
  shop.actAs(tokens.accessToken);
}
