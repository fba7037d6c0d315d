import { idempotencyMigration, type Migration } from "@charter/postgres";
import { usersMigration } from "./0001-users.js";
import { addressesMigration } from "./0002-addresses.js";
import { sessionsMigration } from "./0003-sessions.js";
import { loginThrottlesMigration } from "./0004-login-throttles.js";
import { signingKeysMigration } from "./0005-signing-keys.js";
import { mailsMigration } from "./0006-mails.js";

/** Everything that the user service's database consists of, in the order in which it came to be. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0000-idempotency": idempotencyMigration,
  "0001-users": usersMigration,
  "0002-addresses": addressesMigration,
  "0003-sessions": sessionsMigration,
  "0004-login-throttles": loginThrottlesMigration,
  "0005-signing-keys": signingKeysMigration,
  "0006-mails": mailsMigration,
};
