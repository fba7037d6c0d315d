import { type Handlers, userOf } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { endSession, endSessions } from "../store/sessions.js";
import type { UserDeps } from "./user-deps.js";

/** Ends the session of the access token, or all of the account. */
export function logout({ db, clock }: UserDeps): Handlers<typeof UserService>["logout"] {
  return async ({ everywhere }, call) => {
    const { subject: userId } = userOf(call);
    const now = new Date(clock.nowMs());
    if (everywhere) await endSessions(db, userId, "logout", now);
    else if (call.principal.kind === "user") {
      await endSession(db, { userId, sessionId: call.principal.sessionId }, "logout", now);
    }
    return {};
  };
}
