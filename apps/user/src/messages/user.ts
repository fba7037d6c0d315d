import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type UserSchema as UserMessage, UserState } from "@shop/contract/shop/user/v1/user_pb.js";
import type { UserRow, UserStatusName } from "../store/schema.js";

const statuses: Readonly<Record<UserStatusName, UserState>> = {
  active: UserState.ACTIVE,
  locked: UserState.LOCKED,
  erased: UserState.ERASED,
};

/** An account as the contract shows it. */
export function userMessage(row: UserRow): MessageInitShape<typeof UserMessage> {
  return {
    userId: row.user_id,
    email: row.email ?? "",
    emailVerified: row.email_verified_at !== null,
    displayName: row.display_name,
    countryCode: row.country_code,
    state: statuses[row.status],
    roles: row.roles.toSorted(),
    externalRef: row.external_ref ?? "",
    createTime: timestampFromDate(row.created_at),
    updateTime: timestampFromDate(row.updated_at),
  };
}
