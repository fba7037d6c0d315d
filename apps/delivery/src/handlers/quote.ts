import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type {
  QuoteRequest,
  QuoteResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { maxParcelGrams, maxSideMm } from "../domain/packing.js";
import { type Quote, quote } from "../domain/quote.js";
import { toProtoLevel } from "../messages/service-level.js";
import { toProtoWindow } from "../messages/window.js";
import type { DeliveryDeps } from "./delivery-deps.js";
import { destinationOf } from "./destination.js";

type Response = MessageInitShape<typeof QuoteResponseSchema>;

/** Prices a delivery. Touches no database: the answer is sealed into its id. */
export function quoteHandler({ clock, seal, template }: DeliveryDeps) {
  return async (request: QuoteRequest): Promise<Response> => {
    const destination = destinationOf(request);
    const outcome = quote(template, destination, request.items, clock.nowMs());
    switch (outcome.kind) {
      case "not_served":
        throw deliveryError(DeliveryError.DESTINATION_NOT_SERVED, {
          metadata: { country_code: destination.countryCode },
        });
      case "item_too_large":
        throw deliveryError(DeliveryError.ITEM_TOO_LARGE, {
          metadata: {
            item: String(outcome.index),
            max_weight_grams: String(maxParcelGrams),
            max_length_mm: String(maxSideMm),
          },
        });
      case "quoted":
        return answer(seal.seal(outcome.quote), outcome.quote);
    }
  };
}

function answer(
  quoteId: string,
  { expiresAtMs, options, currencyCode, billableGrams, parcels }: Quote,
): Response {
  return {
    quoteId,
    expireTime: timestampFromMs(expiresAtMs),
    options: options.map(({ level, priceMinor, promise }) => ({
      serviceLevel: toProtoLevel(level),
      price: { currencyCode, minor: priceMinor },
      promise: toProtoWindow(promise),
    })),
    billableWeightGrams: billableGrams,
    parcels: Number(parcels),
  };
}
