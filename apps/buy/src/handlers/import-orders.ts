import type { Handler } from "@charter/server";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { type ImportedOrder, importOrders as importBatch } from "../store/order-import.js";
import { ImportAccount } from "./import-account.js";
import { importedOrder } from "./imported-order.js";
import type { OrderDeps } from "./order-deps.js";

/** A batch is stored in one transaction. It ends at whichever bound comes first. */
const MAX_BATCH_ORDERS = 50;
const MAX_BATCH_LINES = 2_000;

export const importOrders =
  ({ db, clock }: OrderDeps): Handler<typeof OrderService.method.importOrders> =>
  async (requests, call) => {
    const account = new ImportAccount();
    let batch: ImportedOrder[] = [];
    let lines = 0;
    const store = async () => {
      account.add(batch, await importBatch(db, batch, { now: new Date(clock.nowMs()), signal: call.signal }));
      batch = [];
      lines = 0;
    };
    for await (const request of requests) {
      batch.push(importedOrder(request));
      lines += request.lines.length;
      if (batch.length >= MAX_BATCH_ORDERS || lines >= MAX_BATCH_LINES) await store();
    }
    if (batch.length > 0) await store();
    return account.response();
  };
