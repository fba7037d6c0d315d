/** How long a session lives at most, whatever it is used for. */
export const sessionLifetimeMs = 30 * 24 * 3_600_000;
/** Live sessions of one account; one more ends the one used least recently. */
export const maxSessionsPerAccount = 50;
/** Refreshes of one session. One that is used all the time makes 4,320 in its life. */
export const maxGenerations = 10_000;
/** How long the token that was exchanged last is answered again, for an answer that was lost on the wire. */
export const graceMs = 10_000;
/** How long an ended session is kept to be shown to its owner. */
export const keepEndedSessionsMs = 30 * 24 * 3_600_000;

/** What decides about a refresh, of the session. */
export interface SessionState {
  /** The generation of the one refresh token that may be exchanged. It rises by one with each exchange. */
  readonly generation: number;
  /** When it rose last; undefined while it never did. */
  readonly rotatedAtMs: number | undefined;
  readonly expiresAtMs: number;
  readonly ended: boolean;
}

/**
 * What becomes of a refresh token.
 * - `rotate`: it is exchanged for its successor.
 * - `repeat`: it was exchanged a moment ago; the same successor is answered again.
 * - `reused`: it was exchanged before; two parties hold it, and the session ends.
 * - `invalid`: its session is over.
 */
export type RefreshJudgement = "rotate" | "repeat" | "reused" | "invalid";

/** Judges a refresh token of the given generation of the session. */
export function judgeRefresh(session: SessionState, generation: number, nowMs: number): RefreshJudgement {
  if (session.ended || nowMs >= session.expiresAtMs) return "invalid";
  if (generation === session.generation) return generation >= maxGenerations ? "invalid" : "rotate";
  return isImmediateParent(session, generation) && withinGrace(session, nowMs) ? "repeat" : "reused";
}

function isImmediateParent(session: SessionState, generation: number): boolean {
  return generation === session.generation - 1;
}

function withinGrace(session: SessionState, nowMs: number): boolean {
  return session.rotatedAtMs !== undefined && nowMs - session.rotatedAtMs <= graceMs;
}
