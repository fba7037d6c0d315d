import type { MessageInitShape } from "@bufbuild/protobuf";
import { inTransaction } from "@charter/postgres";
import { contractError, type Handler, userOf } from "@charter/server";
import {
  type AdjustStockRequest,
  type AdjustStockResponseSchema,
  type CatalogService,
  StockReason,
} from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Transaction } from "kysely";
import { availableOf } from "../domain/stock.js";
import { adjustStock as adjust } from "../store/stock-adjustments.js";
import type { CatalogDeps } from "./catalog-deps.js";

export const adjustStock =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.adjustStock> =>
  (request, call) => {
    const { deadline, signal } = call;
    const actor = userOf(call).subject;
    return inTransaction(db, (tx) => book(tx, request, actor), { deadline, signal });
  };

async function book(
  tx: Transaction<unknown>,
  request: AdjustStockRequest,
  actor: string,
): Promise<MessageInitShape<typeof AdjustStockResponseSchema>> {
  const { sku, delta, note, idempotencyKey } = request;
  const reason = StockReason[request.reason];
  const outcome = await adjust(tx, { sku, delta, reason, note, actor, reference: idempotencyKey });
  if (outcome.kind === "unknown_product") {
    throw contractError(BuyErrorSchema, BuyError.PRODUCT_NOT_FOUND, { metadata: { sku } });
  }
  const { onHand, reserved } = outcome.level;
  if (outcome.kind === "below_reserved") {
    const metadata = { sku, on_hand: String(onHand), reserved: String(reserved) };
    throw contractError(BuyErrorSchema, BuyError.STOCK_BELOW_RESERVED, { metadata });
  }
  return { stock: { sku, onHand, reserved, available: availableOf(outcome.level) } };
}
