import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { inTransaction, once } from "@charter/postgres";
import { contractError, type Handler, userOf } from "@charter/server";
import {
  type AdjustStockRequest,
  AdjustStockRequestSchema,
  AdjustStockResponseSchema,
  type CatalogService,
  StockReason,
} from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { BuyError, BuyErrorSchema } from "@shop/contract/shop/buy/v1/errors_pb.js";
import type { Transaction } from "kysely";
import { availableOf } from "../domain/stock.js";
import { adjustStock as adjust } from "../store/stock-adjustments.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { refuseReusedKey } from "./refuse-reused-key.js";

export const adjustStock =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.adjustStock> =>
  async (request, call) => {
    const actor = userOf(call).subject;
    const { deadline, signal } = call;
    const key = {
      scope: `AdjustStock/${actor}`,
      key: request.idempotencyKey,
      fingerprint: toBinary(AdjustStockRequestSchema, request),
    };
    const { answer } = await refuseReusedKey(() =>
      inTransaction(db, (tx) => once(tx, key, () => book(tx, request, actor)), { deadline, signal }),
    );
    return fromBinary(AdjustStockResponseSchema, answer);
  };

async function book(
  tx: Transaction<unknown>,
  request: AdjustStockRequest,
  actor: string,
): Promise<Uint8Array> {
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
  const stock = { sku, onHand, reserved, available: availableOf(outcome.level) };
  return toBinary(AdjustStockResponseSchema, create(AdjustStockResponseSchema, { stock }));
}
