import { type Handlers, pageSizeOf, readPageToken, userOf, writePageToken } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { addressMessage } from "../messages/address.js";
import { type AddressCursor, listAddresses as storedAddresses } from "../store/addresses.js";
import type { UserDeps } from "./user-deps.js";

/** A page of the address book, the oldest entry first. */
export function listAddresses({ db }: UserDeps): Handlers<typeof UserService>["listAddresses"] {
  return async ({ page }, call) => {
    const { subject: userId } = userOf(call);
    const list = ["addresses", userId];
    const size = pageSizeOf(page);
    const after = cursorOf(readPageToken(page, list));
    // One more than asked for tells whether there is a next page.
    const rows = await storedAddresses(db, userId, { after, limit: size + 1 });
    const shown = rows.slice(0, size);
    const last = rows.length > size ? shown.at(-1) : undefined;
    const nextPageToken = last
      ? writePageToken(list, [String(last.created_at.getTime()), last.address_id])
      : "";
    return { addresses: shown.map(addressMessage), page: { nextPageToken } };
  };
}

function cursorOf(position: readonly string[] | undefined): AddressCursor | undefined {
  const [createdAtMs, addressId] = position ?? [];
  return createdAtMs === undefined || addressId === undefined
    ? undefined
    : { createdAtMs: Number(createdAtMs), addressId };
}
