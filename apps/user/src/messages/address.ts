import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { PostalAddress as PostalAddressMessage } from "@shop/contract/shop/type/v1/postal_address_pb.js";
import type { AddressSchema } from "@shop/contract/shop/user/v1/address_pb.js";
import type { AddressContent } from "../domain/address-book.js";
import type { AddressRow } from "../store/schema.js";

/** An entry of an address book as the contract shows it. */
export function addressMessage(row: AddressRow): MessageInitShape<typeof AddressSchema> {
  return {
    addressId: row.address_id,
    label: row.label,
    postalAddress: {
      recipient: row.recipient,
      lines: row.lines,
      city: row.city,
      region: row.region,
      postalCode: row.postal_code,
      countryCode: row.country_code,
    },
    isDefault: row.is_default,
    version: row.revision,
    createTime: timestampFromDate(row.created_at),
    updateTime: timestampFromDate(row.updated_at),
  };
}

/** What a request says of an entry. Validation has seen to it that it has a postal address. */
export function addressContent(request: {
  readonly label: string;
  readonly postalAddress?: PostalAddressMessage | undefined;
}): AddressContent {
  const { label, postalAddress: postal } = request;
  if (!postal) throw new TypeError("a request without a postal address passed validation");
  const { recipient, lines, city, region, postalCode, countryCode } = postal;
  return { label, postal: { recipient, lines, city, region, postalCode, countryCode } };
}
