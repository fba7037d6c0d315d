import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { normaliseEmail } from "../domain/email-address.js";
import { accountKey, attemptLogin } from "../logins/attempt-login.js";
import { tokenPair } from "../messages/token-pair.js";
import { userMessage } from "../messages/user.js";
import { unlessBusy } from "../passwords/unless-busy.js";
import { forgetThrottle } from "../store/login-throttles.js";
import type { SessionRow, UserRow, UserTransaction } from "../store/schema.js";
import { insertSession } from "../store/sessions.js";
import { findUserByEmail, lockUserRow } from "../store/users.js";
import { hashRefreshToken, newRefreshToken } from "../tokens/refresh-token.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

/** Begins a session for who knows the password. */
export function login(deps: UserDeps): Handlers<typeof UserService>["login"] {
  const { db, clock, hasher } = deps;
  return async (request, call) => {
    const { deadline, signal } = call;
    const emailNormal = normaliseEmail(request.email);
    const candidate = await findUserByEmail(db, emailNormal);
    const user = await attemptLogin(deps, { emailNormal, peerAddress: call.peer.address }, async () => {
      const encoded = candidate?.password_hash ?? undefined;
      const matches = await unlessBusy(hasher.verify(encoded, request.password, signal));
      return matches ? candidate : undefined;
    });
    const refreshToken = newRefreshToken();
    const session = { clientLabel: request.clientLabel, tokenHash: hashRefreshToken(refreshToken) };
    const begun = await inTransaction(db, (tx) => begin(tx, user, session, new Date(clock.nowMs())), {
      deadline,
      signal,
    });
    // The password was replaced, or the account erased, while it was being checked.
    if (begun === "changed") throw userError(UserError.INVALID_CREDENTIALS);
    if (begun === "locked") throw userError(UserError.ACCOUNT_LOCKED);
    return {
      tokens: await tokenPair(deps, begun.session, begun.user, refreshToken),
      user: userMessage(begun.user),
    };
  };
}

type Begun = "changed" | "locked" | { readonly user: UserRow; readonly session: SessionRow };

/** Begins the session if the account still is what the password was checked against. */
async function begin(
  tx: UserTransaction,
  checked: UserRow,
  session: { readonly clientLabel: string; readonly tokenHash: Uint8Array },
  now: Date,
): Promise<Begun> {
  const user = await lockUserRow(tx, checked.user_id);
  if (!user?.email_normal || user.password_hash !== checked.password_hash) return "changed";
  await forgetThrottle(tx, accountKey(user.email_normal));
  if (user.status === "locked") return "locked";
  return { user, session: await insertSession(tx, { userId: user.user_id, ...session }, now) };
}
