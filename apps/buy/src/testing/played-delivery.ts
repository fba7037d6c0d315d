import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { contractError, type Implementation, implement, invalidArgument } from "@charter/server";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";

export const STANDARD_MINOR = 495n;
export const EXPRESS_MINOR = 995n;

const option = (serviceLevel: ServiceLevel, minor: bigint, day: number) => ({
  serviceLevel,
  price: { currencyCode: "GBP", minor },
  promise: {
    startTime: timestampFromDate(new Date(Date.UTC(2030, 0, day))),
    endTime: timestampFromDate(new Date(Date.UTC(2030, 0, day + 1))),
  },
});

/** A delivery service with two prices that goes everywhere but to Antarctica, and knows no postal code "BAD". */
export function playedDelivery(): Implementation {
  return implement(DeliveryService, {
    quote: async ({ destination }) => {
      if (destination?.countryCode === "AQ") {
        throw contractError(DeliveryErrorSchema, DeliveryError.DESTINATION_NOT_SERVED);
      }
      if (destination?.postalCode === "BAD") throw invalidArgument("destination.postal_code", "is none");
      return {
        quoteId: "quote",
        options: [
          option(ServiceLevel.STANDARD, STANDARD_MINOR, 4),
          option(ServiceLevel.EXPRESS, EXPRESS_MINOR, 1),
        ],
      };
    },
  });
}
