import { createHash } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type ImportOrdersRequest,
  ImportOrdersRequestSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { ImportedOrder } from "../store/order-import.js";

/** One message of an import as the store takes it. */
export function importedOrder(request: ImportOrdersRequest): ImportedOrder {
  return {
    externalRef: request.externalRef,
    customerExternalRef: request.customerExternalRef,
    ...(request.customerId === "" ? {} : { userId: request.customerId }),
    countryCode: request.countryCode,
    currencyCode: request.currencyCode,
    placedAt: request.placeTime ? timestampDate(request.placeTime) : new Date(0),
    lines: request.lines.map((line) => ({
      lineNumber: line.lineNumber,
      sku: line.sku,
      name: line.description,
      // The contract bounds it to 10,000,000, far below what a number can hold.
      quantity: Number(line.quantity),
      unitPriceMinor: line.unitPriceMinor,
    })),
    shippingMinor: request.shippingMinor,
    totalMinor: request.totalMinor,
    contentHash: createHash("sha256").update(toBinary(ImportOrdersRequestSchema, request)).digest(),
  };
}
