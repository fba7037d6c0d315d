import { inTransaction } from "@charter/postgres";
import { type Call, type Handlers, userOf } from "@charter/server";
import type { AddAddressRequest, UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { becomesDefault, maxAddresses } from "../domain/address-book.js";
import { addressContent, addressMessage } from "../messages/address.js";
import { addressBook, insertAddress, setDefaultAddress } from "../store/addresses.js";
import type { UserTransaction } from "../store/schema.js";
import { UserError, userError } from "../user-error.js";
import { accountOfCall } from "./account-of-call.js";
import type { UserDeps } from "./user-deps.js";

/** Adds an entry to the address book. */
export function addAddress(deps: UserDeps): Handlers<typeof UserService>["addAddress"] {
  return (request, call) => {
    const { deadline, signal } = call;
    return inTransaction(deps.db, (tx) => add(deps, tx, request, call), { deadline, signal });
  };
}

async function add({ clock }: UserDeps, tx: UserTransaction, request: AddAddressRequest, call: Call) {
  const { subject: userId } = userOf(call);
  await accountOfCall(tx, call);
  const book = await addressBook(tx, userId);
  if (book.length >= maxAddresses) throw userError(UserError.ADDRESS_LIMIT_REACHED);
  const added = await insertAddress(tx, userId, addressContent(request), new Date(clock.nowMs()));
  const entries = book.map((row) => ({ addressId: row.address_id, isDefault: row.is_default }));
  const isDefault = becomesDefault(entries, request.makeDefault);
  if (isDefault) await setDefaultAddress(tx, userId, added.address_id);
  return { address: addressMessage({ ...added, is_default: isDefault }) };
}
