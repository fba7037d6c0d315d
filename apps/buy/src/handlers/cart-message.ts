import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type CartLineSchema, CartLineState, type CartSchema } from "@shop/contract/shop/buy/v1/cart_pb.js";
import type { Kysely } from "kysely";
import type { Product } from "../domain/product.js";
import { readCart } from "../store/carts.js";
import { readProducts } from "../store/products.js";

type LineMessage = MessageInitShape<typeof CartLineSchema>;

/** The user's cart at today's prices, as the contract says it. */
export async function readCartMessage(
  db: Kysely<unknown>,
  userId: string,
): Promise<MessageInitShape<typeof CartSchema>> {
  const { version, updatedAt, lines } = await readCart(db, userId);
  const skus = lines.map((line) => line.sku);
  const products = new Map((await readProducts(db, skus)).map((product) => [product.sku, product]));
  const priced = lines.flatMap(({ sku, quantity }) => {
    const product = products.get(sku);
    return product ? [{ product, quantity }] : [];
  });
  const sold = priced.filter(({ product }) => product.state === "ACTIVE");
  const minor = sold.reduce((sum, { product, quantity }) => sum + subtotalOf(product, quantity), 0n);
  const currencyCode = sold[0]?.product.currencyCode;
  return {
    version,
    lines: priced.map(({ product, quantity }) => lineMessage(product, quantity)),
    ...(currencyCode === undefined ? {} : { items: { currencyCode, minor } }),
    ...(updatedAt === undefined ? {} : { updateTime: timestampFromDate(updatedAt) }),
  };
}

function lineMessage(product: Product, quantity: number): LineMessage {
  const { sku, name, currencyCode, priceMinor, available } = product;
  return {
    sku,
    quantity,
    name,
    unitPrice: { currencyCode, minor: priceMinor },
    subtotal: { currencyCode, minor: subtotalOf(product, quantity) },
    state: stateOf(product, quantity),
    available,
  };
}

const subtotalOf = (product: Product, quantity: number) => product.priceMinor * BigInt(quantity);

function stateOf(product: Product, quantity: number): CartLineState {
  if (product.state === "WITHDRAWN") return CartLineState.WITHDRAWN;
  return product.available < BigInt(quantity) ? CartLineState.SHORT : CartLineState.AVAILABLE;
}
