import { type Handlers, userOf } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { userMessage } from "../messages/user.js";
import { findUser } from "../store/users.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

/** The account of the access token. */
export function getMe({ db }: UserDeps): Handlers<typeof UserService>["getMe"] {
  return async (_request, call) => {
    const user = await findUser(db, userOf(call).subject);
    if (!user || user.status === "erased") throw userError(UserError.USER_NOT_FOUND);
    return { user: userMessage(user) };
  };
}
