import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { TokenPairSchema } from "@shop/contract/shop/user/v1/session_pb.js";
import type { UserDeps } from "../handlers/user-deps.js";
import type { SessionRow, UserRow } from "../store/schema.js";

/** A fresh access token beside the session's newest refresh token. */
export async function tokenPair(
  { issuer }: Pick<UserDeps, "issuer">,
  session: SessionRow,
  user: UserRow,
  refreshToken: string,
): Promise<MessageInitShape<typeof TokenPairSchema>> {
  const sessionId = session.session_id;
  const access = await issuer.issue({ subject: user.user_id, roles: user.roles, sessionId });
  return {
    accessToken: access.token,
    accessTokenExpireTime: timestampFromMs(access.expiresAtMs),
    refreshToken,
    refreshTokenExpireTime: timestampFromDate(session.expires_at),
    sessionId,
  };
}
