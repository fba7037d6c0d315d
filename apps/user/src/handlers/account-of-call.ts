import { type Call, userOf } from "@charter/server";
import type { UserRow, UserTransaction } from "../store/schema.js";
import { lockUserRow } from "../store/users.js";
import { UserError, userError } from "../user-error.js";

/**
 * The account of the access token, locked for a change until the end of the transaction.
 * @throws ContractError USER_NOT_FOUND, ACCOUNT_LOCKED, UNAUTHENTICATED for a service
 */
export async function accountOfCall(tx: UserTransaction, call: Call): Promise<UserRow> {
  const user = await lockUserRow(tx, userOf(call).subject);
  if (!user || user.status === "erased") throw userError(UserError.USER_NOT_FOUND);
  if (user.status === "locked") throw userError(UserError.ACCOUNT_LOCKED);
  return user;
}
