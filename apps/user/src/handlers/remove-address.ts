import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { heirOfDefault } from "../domain/address-book.js";
import { addressBook, deleteAddress, setDefaultAddress } from "../store/addresses.js";
import { accountOfCall } from "./account-of-call.js";
import type { UserDeps } from "./user-deps.js";

/** Removes an entry from the address book, if it is there. */
export function removeAddress({ db }: UserDeps): Handlers<typeof UserService>["removeAddress"] {
  return async (request, call) => {
    const { deadline, signal } = call;
    const addressId = request.addressId.toLowerCase();
    await inTransaction(
      db,
      async (tx) => {
        const { user_id } = await accountOfCall(tx, call);
        const rows = await addressBook(tx, user_id);
        const book = rows.map((row) => ({ addressId: row.address_id, isDefault: row.is_default }));
        if (!book.some((entry) => entry.addressId === addressId)) return;
        const heir = heirOfDefault(book, addressId);
        await deleteAddress(tx, addressId);
        if (heir) await setDefaultAddress(tx, user_id, heir);
      },
      { deadline, signal },
    );
    return {};
  };
}
