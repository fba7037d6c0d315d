/** Entries of one address book. */
export const maxAddresses = 20;

/** A place to which parcels go. */
export interface PostalAddress {
  readonly recipient: string;
  readonly lines: readonly string[];
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly countryCode: string;
}

/** What the owner says of an entry. */
export interface AddressContent {
  readonly label: string;
  readonly postal: PostalAddress;
}

/** What decides about the default. */
export interface AddressEntry {
  readonly addressId: string;
  readonly isDefault: boolean;
}

/** Whether two entries say the same; ids, revisions and the default aside. */
export function sameContent(a: AddressContent, b: AddressContent): boolean {
  return a.label === b.label && samePostal(a.postal, b.postal);
}

function samePostal(a: PostalAddress, b: PostalAddress): boolean {
  return (
    a.recipient === b.recipient &&
    a.city === b.city &&
    a.region === b.region &&
    a.postalCode === b.postalCode &&
    a.countryCode === b.countryCode &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, index) => line === b.lines[index])
  );
}

/** Whether a new entry becomes the default of the book. */
export function becomesDefault(book: readonly AddressEntry[], wished: boolean): boolean {
  return wished || book.length === 0;
}

/**
 * Which entry takes over as the default when `removedId` goes; undefined when none has to.
 *
 * @param book The oldest entry first.
 */
export function heirOfDefault(book: readonly AddressEntry[], removedId: string): string | undefined {
  const removed = book.find((entry) => entry.addressId === removedId);
  if (!removed?.isDefault) return undefined;
  return book.find((entry) => entry !== removed)?.addressId;
}
