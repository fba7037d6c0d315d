import { v7 as uuidv7 } from "uuid";
import { keepEndedSessionsMs, maxSessionsPerAccount, sessionLifetimeMs } from "../domain/session.js";
import type { SessionRow, UserQueries, UserTransaction } from "./schema.js";

/** Why a session was ended before its time. */
export type SessionEnd = "logout" | "reuse" | "displaced" | "operator-seeded";

/**
 * Begins a session with its first refresh token. The caller holds the account's row, so that the bound on sessions
 * holds.
 */
export async function insertSession(
  tx: UserTransaction,
  session: { readonly userId: string; readonly clientLabel: string; readonly tokenHash: Uint8Array },
  now: Date,
): Promise<SessionRow> {
  const row = await tx
    .insertInto("sessions")
    .values({
      session_id: uuidv7(),
      user_id: session.userId,
      client_label: session.clientLabel,
      generation: 1,
      sealed_successor: null,
      created_at: now,
      rotated_at: null,
      last_used_at: now,
      expires_at: new Date(now.getTime() + sessionLifetimeMs),
      ended_at: null,
      end_reason: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await insertToken(tx, row, session.tokenHash, now);
  await displaceOldest(tx, row, now);
  return row;
}

function insertToken(
  tx: UserTransaction,
  { session_id, generation }: Pick<SessionRow, "session_id" | "generation">,
  tokenHash: Uint8Array,
  now: Date,
) {
  return tx
    .insertInto("refresh_tokens")
    .values({ token_hash: tokenHash, session_id, generation, created_at: now })
    .execute();
}

async function displaceOldest(tx: UserTransaction, newest: SessionRow, now: Date): Promise<void> {
  await tx
    .updateTable("sessions")
    .set({ ended_at: now, end_reason: "displaced" satisfies SessionEnd })
    .where("session_id", "in", (eb) =>
      eb
        .selectFrom("sessions")
        .select("session_id")
        .where("user_id", "=", newest.user_id)
        .where("session_id", "!=", newest.session_id)
        .where("ended_at", "is", null)
        .where("expires_at", ">", now)
        .orderBy("last_used_at", "desc")
        .orderBy("session_id", "desc")
        .offset(maxSessionsPerAccount - 1),
    )
    .execute();
}

/**
 * The session that a refresh token belongs to, locked, and the token's generation; undefined for a token nobody was
 * given.
 */
export async function lockSessionOfToken(
  tx: UserTransaction,
  tokenHash: Uint8Array,
): Promise<{ readonly session: SessionRow; readonly generation: number } | undefined> {
  const token = await tx
    .selectFrom("refresh_tokens")
    .select(["session_id", "generation"])
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  if (!token) return undefined;
  const session = await tx
    .selectFrom("sessions")
    .selectAll()
    .where("session_id", "=", token.session_id)
    .forUpdate()
    .executeTakeFirst();
  return session && { session, generation: token.generation };
}

/** Puts a new refresh token in the place of the session's present one. */
export async function rotateSession(
  tx: UserTransaction,
  session: SessionRow,
  successor: { readonly tokenHash: Uint8Array; readonly sealed: Uint8Array },
  now: Date,
): Promise<void> {
  const generation = session.generation + 1;
  await insertToken(tx, { session_id: session.session_id, generation }, successor.tokenHash, now);
  await tx
    .updateTable("sessions")
    .set({ generation, sealed_successor: successor.sealed, rotated_at: now, last_used_at: now })
    .where("session_id", "=", session.session_id)
    .execute();
}

/** Ends one session of the account; one that has ended, or is somebody else's, is left alone. */
export async function endSession(
  db: UserQueries,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  reason: SessionEnd,
  now: Date,
): Promise<void> {
  await endLive(db, userId, reason, now).where("session_id", "=", sessionId).execute();
}

/** Ends every session of the account. */
export async function endSessions(
  db: UserQueries,
  userId: string,
  reason: SessionEnd,
  now: Date,
): Promise<void> {
  await endLive(db, userId, reason, now).execute();
}

function endLive(db: UserQueries, userId: string, reason: SessionEnd, now: Date) {
  return db
    .updateTable("sessions")
    .set({ ended_at: now, end_reason: reason, sealed_successor: null })
    .where("user_id", "=", userId)
    .where("ended_at", "is", null);
}

/** Forgets sessions, with their tokens, that were over long ago; at most `limit`. Returns how many. */
export async function purgeSessions(db: UserQueries, now: Date, limit: number): Promise<number> {
  const before = new Date(now.getTime() - keepEndedSessionsMs);
  const result = await db
    .deleteFrom("sessions")
    .where("session_id", "in", (eb) =>
      eb.selectFrom("sessions").select("session_id").where("expires_at", "<", before).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
