/** Predicates over what the driver throws, by SQLSTATE (PostgreSQL manual, appendix A). */

function field(error: unknown, name: "code" | "constraint" | "routine"): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}

const violates = (state: string) => (error: unknown, constraint?: string) =>
  field(error, "code") === state && (constraint === undefined || field(error, "constraint") === constraint);

/** A unique or primary key constraint refused the row; with `constraint`, only that one. */
export const isUniqueViolation = violates("23505");

/** A foreign key refused the row; with `constraint`, only that one. */
export const isForeignKeyViolation = violates("23503");

/** A check constraint refused the row; with `constraint`, only that one. */
export const isCheckViolation = violates("23514");

/** Concurrent transactions could not be put in an order; the whole transaction may be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return field(error, "code") === "40001";
}

/** The server ended this transaction to break a deadlock; the whole transaction may be run again. */
export function isDeadlock(error: unknown): boolean {
  return field(error, "code") === "40P01";
}

/**
 * A table has changed so that a statement that this connection keeps prepared would answer with other columns. Nothing was done; on another
 * connection the statement works.
 */
export function isStalePlan(error: unknown): boolean {
  // By the server's function, for the code stands for much else and the message may be translated.
  return field(error, "code") === "0A000" && field(error, "routine") === "RevalidateCachedQuery";
}

/** The server cancelled the statement: statement_timeout, or a cancel request. */
export function isStatementTimeout(error: unknown): boolean {
  return field(error, "code") === "57014";
}

const lostStates = new Set(["57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);
const lostMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** The connection is gone or could not be made. Whether a commit that was under way took place is then unknown. */
export function isConnectionLost(error: unknown): boolean {
  const state = field(error, "code");
  if (state !== undefined) return lostStates.has(state) || state.startsWith("08");
  return error instanceof Error && lostMessages.test(error.message);
}
