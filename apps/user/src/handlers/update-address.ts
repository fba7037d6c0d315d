import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { type AddressContent, sameContent } from "../domain/address-book.js";
import { addressContent, addressMessage } from "../messages/address.js";
import {
  addressBook,
  contentOf,
  setDefaultAddress,
  updateAddress as storeAddress,
} from "../store/addresses.js";
import type { AddressRow, UserTransaction } from "../store/schema.js";
import { UserError, userError } from "../user-error.js";
import { accountOfCall } from "./account-of-call.js";
import type { UserDeps } from "./user-deps.js";

/** Replaces an entry of the address book. */
export function updateAddress({ db, clock }: UserDeps): Handlers<typeof UserService>["updateAddress"] {
  return async (request, call) => {
    const { deadline, signal } = call;
    const content = addressContent(request);
    const updated = await inTransaction(
      db,
      async (tx) => {
        const { user_id } = await accountOfCall(tx, call);
        const present = await findEntry(tx, user_id, request.addressId);
        const entry = await replace(
          tx,
          present,
          { content, revision: request.expectedVersion },
          new Date(clock.nowMs()),
        );
        if (!request.makeDefault || entry.is_default) return entry;
        await setDefaultAddress(tx, user_id, entry.address_id);
        return { ...entry, is_default: true };
      },
      { deadline, signal },
    );
    return { address: addressMessage(updated) };
  };
}

async function findEntry(tx: UserTransaction, userId: string, addressId: string): Promise<AddressRow> {
  const book = await addressBook(tx, userId);
  const entry = book.find((row) => row.address_id === addressId.toLowerCase());
  if (!entry) throw userError(UserError.ADDRESS_NOT_FOUND);
  return entry;
}

async function replace(
  tx: UserTransaction,
  present: AddressRow,
  { content, revision }: { readonly content: AddressContent; readonly revision: bigint },
  now: Date,
): Promise<AddressRow> {
  if (sameContent(contentOf(present), content)) return present;
  if (revision !== 0n && revision !== present.revision) {
    throw userError(UserError.ADDRESS_CHANGED, { metadata: { version: String(present.revision) } });
  }
  return storeAddress(tx, present.address_id, content, now);
}
