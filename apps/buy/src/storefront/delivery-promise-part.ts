import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { isContractError } from "@charter/client";
import type { DeliveryPromisePartSchema } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";
import type { QuoteOption } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { PART_TIMEOUT_MS, type StorefrontDeps } from "./storefront-deps.js";

type PartMessage = MessageInitShape<typeof DeliveryPromisePartSchema>;

/** Where the shopper is, as far as they have told. */
export interface PromiseRequest {
  /** Empty means the home country. */
  readonly countryCode: string;
  /** May be empty. */
  readonly postalCode: string;
}

const HOME_COUNTRY = "GB";
/** In the middle of the home country's capital, for shoppers who have not said where they are. */
const HOME_POSTAL_CODE = "EC1A 1BB";
/** A light parcel, as an example. */
const EXAMPLE = { quantity: 1, weightGrams: 100 };

/** How fast and at what price something light would arrive. */
export async function deliveryPromisePart(
  { delivery }: Pick<StorefrontDeps, "delivery">,
  request: PromiseRequest,
): Promise<PartMessage> {
  const countryCode = request.countryCode || HOME_COUNTRY;
  const postalCode = request.postalCode || (countryCode === HOME_COUNTRY ? HOME_POSTAL_CODE : "");
  try {
    const { options } = await delivery.quote(
      { destination: { countryCode, postalCode }, items: [EXAMPLE] },
      { timeoutMs: PART_TIMEOUT_MS },
    );
    return promiseOf(options);
  } catch (error) {
    if (isContractError(error, DeliveryErrorSchema, DeliveryError.DESTINATION_NOT_SERVED)) {
      return { served: false };
    }
    throw error;
  }
}

function promiseOf(options: readonly QuoteOption[]): PartMessage {
  const cheapest = options[0]?.price;
  const fastestArrivalTime = options
    .flatMap((option) => option.promise?.endTime ?? [])
    .reduce<Timestamp | undefined>(
      (first, end) => (first && timestampMs(first) <= timestampMs(end) ? first : end),
      undefined,
    );
  return {
    served: options.length > 0,
    ...(cheapest ? { cheapest } : {}),
    ...(fastestArrivalTime ? { fastestArrivalTime } : {}),
  };
}
