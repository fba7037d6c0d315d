import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { tokenPair } from "../messages/token-pair.js";
import { type Exchange, exchangeRefreshToken } from "../tokens/exchange-refresh-token.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

const refusals: Readonly<Record<Exclude<Exchange["kind"], "exchanged">, UserError>> = {
  invalid: UserError.REFRESH_TOKEN_INVALID,
  reused: UserError.REFRESH_TOKEN_REUSED,
  locked: UserError.ACCOUNT_LOCKED,
};

/** Exchanges a refresh token for the next pair. */
export function refreshSession(deps: UserDeps): Handlers<typeof UserService>["refreshSession"] {
  const { db, clock } = deps;
  return async ({ refreshToken }, call) => {
    const { deadline, signal } = call;
    const exchange = await inTransaction(
      db,
      (tx) => exchangeRefreshToken(tx, refreshToken, new Date(clock.nowMs())),
      { deadline, signal },
    );
    if (exchange.kind === "reused") {
      call.log.warn({ sessionId: exchange.sessionId }, "a refresh token was reused; its session was ended");
    }
    if (exchange.kind !== "exchanged") throw userError(refusals[exchange.kind]);
    return { tokens: await tokenPair(deps, exchange.session, exchange.user, exchange.refreshToken) };
  };
}
