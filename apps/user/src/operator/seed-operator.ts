import { inTransaction } from "@charter/postgres";
import { normaliseEmail } from "../domain/email-address.js";
import type { UserDeps } from "../handlers/user-deps.js";
import { endSessions } from "../store/sessions.js";
import { findUserByEmail, insertUser, makeOperator } from "../store/users.js";

/** The login of the first operator, as the environment gives it. */
export interface OperatorLogin {
  readonly email: string;
  readonly password: string;
}

/**
 * Sees to it that this login opens an operator's account. While it is configured, the configuration decides: an
 * account of that address with another password gets this one and loses its sessions, for whoever registered the
 * address first could otherwise become the operator. Seeding what is there already changes nothing.
 */
export async function seedOperator(
  { db, clock, hasher }: Pick<UserDeps, "db" | "clock" | "hasher">,
  { email, password }: OperatorLogin,
): Promise<void> {
  const emailNormal = normaliseEmail(email);
  const present = await findUserByEmail(db, emailNormal);
  const known = await hasher.verify(present?.password_hash ?? undefined, password);
  if (known && present?.status === "active" && present.roles.includes("operator")) return;
  const passwordHash = await hasher.hash(password);
  const now = new Date(clock.nowMs());
  const operator = { email, emailNormal, passwordHash, displayName: "Operator", countryCode: "" };
  await inTransaction(db, async (tx) => {
    const { userId, inserted } = await insertUser(
      tx,
      { ...operator, roles: ["operator"], emailVerified: true },
      now,
    );
    if (inserted) return;
    await makeOperator(tx, userId, passwordHash, now);
    await endSessions(tx, userId, "operator-seeded", now);
  });
}
