import { judgeRefresh, type SessionState } from "../domain/session.js";
import type { SessionRow, UserRow, UserTransaction } from "../store/schema.js";
import { endSession, lockSessionOfToken, rotateSession } from "../store/sessions.js";
import { findUser } from "../store/users.js";
import { hashRefreshToken, newRefreshToken, openSuccessor, sealSuccessor } from "./refresh-token.js";

/** What became of a refresh token. */
export type Exchange =
  | {
      readonly kind: "exchanged";
      readonly session: SessionRow;
      readonly user: UserRow;
      readonly refreshToken: string;
    }
  | { readonly kind: "reused"; readonly sessionId: string }
  | { readonly kind: "invalid" | "locked" };

/**
 * Exchanges a refresh token for its successor. Calls for one session take turns. What it decides is part of the
 * transaction, the end of a session on reuse included: the caller commits, and refuses afterwards.
 */
export async function exchangeRefreshToken(tx: UserTransaction, token: string, now: Date): Promise<Exchange> {
  const found = await lockSessionOfToken(tx, hashRefreshToken(token));
  if (!found) return { kind: "invalid" };
  const { session, generation } = found;
  const judgement = judgeRefresh(stateOf(session), generation, now.getTime());
  if (judgement === "invalid") return { kind: "invalid" };
  if (judgement === "reused") {
    await endSession(tx, { userId: session.user_id, sessionId: session.session_id }, "reuse", now);
    return { kind: "reused", sessionId: session.session_id };
  }
  const user = await findUser(tx, session.user_id);
  if (!user || user.status === "erased") return { kind: "invalid" };
  if (user.status === "locked") return { kind: "locked" };
  const successor = judgement === "rotate" ? rotate(tx, session, token, now) : repeat(session, token);
  return { kind: "exchanged", session, user, refreshToken: await successor };
}

async function rotate(tx: UserTransaction, session: SessionRow, token: string, now: Date): Promise<string> {
  const successor = newRefreshToken();
  const sealed = sealSuccessor(token, successor);
  await rotateSession(tx, session, { tokenHash: hashRefreshToken(successor), sealed }, now);
  return successor;
}

function repeat(session: SessionRow, token: string): string {
  if (!session.sealed_successor) throw new TypeError("a session was refreshed without keeping the successor");
  return openSuccessor(token, session.sealed_successor);
}

function stateOf(session: SessionRow): SessionState {
  return {
    generation: session.generation,
    rotatedAtMs: session.rotated_at?.getTime(),
    expiresAtMs: session.expires_at.getTime(),
    ended: session.ended_at !== null,
  };
}
