/** Where parcels go, as far as a price needs it. */
export interface Destination {
  readonly countryCode: string;
  /** In capitals, without spaces; empty where the country needs none for a price. */
  readonly postalCode: string;
}

/** British postcodes: one or two letters of area, district, then the inward code, which may be missing. */
const britishPostcode = /^[A-Z]{1,2}[0-9][0-9A-Z]?([0-9][A-Z]{2})?$/;

/** The destination in one spelling, so that "sw1a 1aa" and "SW1A1AA" are the same place. */
export function normaliseDestination(countryCode: string, postalCode: string): Destination {
  return { countryCode, postalCode: postalCode.toUpperCase().replace(/[\s-]/g, "") };
}

/** Whether the country can have the postal code. Only British ones decide about a price, so only they are looked at. */
export function postalCodeIsPossible(destination: Destination): boolean {
  return destination.countryCode !== "GB" || britishPostcode.test(destination.postalCode);
}

/** The letters that a British postcode begins with, e.g. "SW"; undefined elsewhere. */
export function postcodeArea(destination: Destination): string | undefined {
  if (destination.countryCode !== "GB") return undefined;
  return /^[A-Z]{1,2}/.exec(destination.postalCode)?.[0];
}

/** Whether both are the same place as far as a price is concerned. */
export function sameDestination(a: Destination, b: Destination): boolean {
  return a.countryCode === b.countryCode && a.postalCode === b.postalCode;
}
