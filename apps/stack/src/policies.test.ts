import type { DescService } from "@bufbuild/protobuf";
import { compileService, type MethodPolicy } from "@charter/policy";
import { describe, expect, it } from "@jest/globals";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { StorefrontService } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";

const services = [
  UserService,
  DiscountService,
  CatalogService,
  CartService,
  OrderService,
  StorefrontService,
  DeliveryService,
];

const policiesOf = (service: DescService) => [...compileService(service).methods.values()];
const all = services.flatMap(policiesOf);
/** The procedures among these that are not as they should be. */
const except = (policies: readonly MethodPolicy[], holds: (policy: MethodPolicy) => unknown) =>
  policies.filter((policy) => !holds(policy)).map(({ procedure }) => procedure);

describe("the policies of the shop", () => {
  it("repeat every unary call that may be repeated, and no other", () => {
    const unary = all.filter(({ kind }) => kind === "unary");
    expect(except(unary, ({ effects, retry }) => (effects === "effects") === (retry === undefined))).toEqual(
      [],
    );
  });

  it("promise an availability and a latency everywhere", () => {
    expect(except(all, ({ objective }) => objective)).toEqual([]);
  });

  it("bound what anybody may ask of the user service, by address", () => {
    const open = policiesOf(UserService).filter(({ auth }) => auth.kind === "public");
    expect(open).not.toHaveLength(0);
    expect(except(open, ({ rate }) => rate.some(({ key }) => key === "address"))).toEqual([]);
  });

  it("let old answers stand in for reads of the catalogue and for keys, and nothing for anything else", () => {
    const stale = all.filter(({ fallback }) => fallback?.kind === "stale").map(({ procedure }) => procedure);
    const reads = policiesOf(CatalogService).filter(({ effects }) => effects === "none");
    expect(stale).toEqual([
      "/shop.user.v1.UserService/GetKeySet",
      ...reads.map(({ procedure }) => procedure),
    ]);
    expect(all.filter(({ fallback }) => fallback)).toHaveLength(stale.length);
  });

  it("send a second attempt only where shoppers wait for a quick answer", () => {
    expect(all.filter(({ hedge }) => hedge).map(({ procedure }) => procedure)).toEqual([
      "/shop.discount.v1.DiscountService/Evaluate",
      "/shop.buy.v1.CatalogService/GetProduct",
      "/shop.delivery.v1.DeliveryService/Quote",
    ]);
  });

  it("shed every step of a checkout last", () => {
    const steps = [
      "PlaceOrder",
      "Redemption",
      "ReserveSlot",
      "ReleaseSlot",
      "CreateShipment",
      "CancelShipment",
    ];
    const taken = all.filter(
      ({ procedure, effects }) => effects !== "none" && steps.some((it) => procedure.endsWith(it)),
    );
    expect(taken).toHaveLength(9);
    expect(except(taken, ({ criticality }) => criticality === "critical")).toEqual([]);
  });
});
