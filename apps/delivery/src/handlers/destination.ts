import { invalidArgument } from "@charter/server";
import type { Destination as ProtoDestination } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { type Destination, normaliseDestination, postalCodeIsPossible } from "../domain/destination.js";

/** The destination of a request in one spelling; INVALID_ARGUMENT for a postal code that the country cannot have. */
export function destinationOf(request: { readonly destination?: ProtoDestination | undefined }): Destination {
  const { countryCode = "", postalCode = "" } = request.destination ?? {};
  const destination = normaliseDestination(countryCode, postalCode);
  if (!postalCodeIsPossible(destination)) {
    throw invalidArgument("destination.postal_code", "is not a postal code of the country");
  }
  return destination;
}
