import { v7 as uuidv7 } from "uuid";
import type { UserQueries, UserRow, UserTransaction } from "./schema.js";

/** What an account that can log in starts with. */
export interface NewUser {
  readonly email: string;
  readonly emailNormal: string;
  readonly passwordHash: string;
  readonly displayName: string;
  readonly countryCode: string;
  readonly roles?: readonly string[];
  readonly emailVerified?: boolean;
}

/** Adds an account unless its e-mail address is taken, and says whose the address is now. */
export async function insertUser(
  tx: UserTransaction,
  user: NewUser,
  now: Date,
): Promise<{ readonly userId: string; readonly inserted: boolean }> {
  const added = await tx
    .insertInto("users")
    .values({
      user_id: uuidv7(),
      email: user.email,
      email_normal: user.emailNormal,
      email_verified_at: user.emailVerified ? now : null,
      password_hash: user.passwordHash,
      display_name: user.displayName,
      country_code: user.countryCode,
      status: "active",
      roles: [...(user.roles ?? [])],
      external_ref: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column("email_normal").doNothing())
    .returning("user_id")
    .executeTakeFirst();
  if (added) return { userId: added.user_id, inserted: true };
  // The one that was there first has been committed, or the insertion would still wait for it.
  const owner = await tx
    .selectFrom("users")
    .select("user_id")
    .where("email_normal", "=", user.emailNormal)
    .executeTakeFirstOrThrow();
  return { userId: owner.user_id, inserted: false };
}

/** The account with this e-mail address, normalised. */
export function findUserByEmail(db: UserQueries, emailNormal: string): Promise<UserRow | undefined> {
  return db.selectFrom("users").selectAll().where("email_normal", "=", emailNormal).executeTakeFirst();
}

/** The account with this id, erased ones included. */
export function findUser(db: UserQueries, userId: string): Promise<UserRow | undefined> {
  return db.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** As `findUser`, and whoever else locks or changes the account waits for the end of the transaction. */
export function lockUserRow(tx: UserTransaction, userId: string): Promise<UserRow | undefined> {
  return tx.selectFrom("users").selectAll().where("user_id", "=", userId).forUpdate().executeTakeFirst();
}

/** Makes the account an operator's, with this password. */
export async function makeOperator(
  tx: UserTransaction,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("users")
    .set({
      roles: ["operator"],
      password_hash: passwordHash,
      status: "active",
      email_verified_at: now,
      updated_at: now,
    })
    .where("user_id", "=", userId)
    .execute();
}
