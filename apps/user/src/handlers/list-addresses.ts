import { type Handlers, userOf } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import type { Dependencies } from "../dependencies.js";
import { addressMessage } from "../messages/address.js";
import { decodePageToken, encodePageToken } from "../messages/address-page-token.js";
import { listAddresses as storedAddresses } from "../store/addresses.js";

const defaultPageSize = 50;

/** A page of the address book, the oldest entry first. */
export function listAddresses({ db }: Dependencies): Handlers<typeof UserService>["listAddresses"] {
  return async ({ page }, call) => {
    const { subject: userId } = userOf(call);
    const size = page?.pageSize || defaultPageSize;
    const after = decodePageToken(page?.pageToken ?? "");
    // One more than asked for tells whether there is a next page.
    const rows = await storedAddresses(db, userId, { after, limit: size + 1 });
    const shown = rows.slice(0, size);
    const last = rows.length > size ? shown.at(-1) : undefined;
    const nextPageToken = last
      ? encodePageToken({ createdAtMs: last.created_at.getTime(), addressId: last.address_id })
      : "";
    return { addresses: shown.map(addressMessage), page: { nextPageToken } };
  };
}
