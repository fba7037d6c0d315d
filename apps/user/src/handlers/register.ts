import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { normaliseEmail } from "../domain/email-address.js";
import { attemptMailIntervalMs } from "../domain/mail-text.js";
import { passwordWeakness } from "../domain/password-rule.js";
import { unlessBusy } from "../passwords/unless-busy.js";
import { lastMailAt } from "../store/mails.js";
import type { UserTransaction } from "../store/schema.js";
import { insertUser, lockUserRow, type NewUser } from "../store/users.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

/** Opens an account, or tells the owner of the one that is there; the caller cannot tell which. */
export function register(deps: UserDeps): Handlers<typeof UserService>["register"] {
  return async (request, call) => {
    const emailNormal = normaliseEmail(request.email);
    refuseWeak(request.password, emailNormal);
    const passwordHash = await unlessBusy(deps.hasher.hash(request.password, call.signal));
    const { email, displayName, countryCode } = request;
    const user = { email, emailNormal, passwordHash, displayName, countryCode };
    const { deadline, signal } = call;
    await inTransaction(deps.db, (tx) => openAccount(deps, tx, user), { deadline, signal });
    return {};
  };
}

async function openAccount(deps: UserDeps, tx: UserTransaction, user: NewUser): Promise<void> {
  const { userId, inserted } = await insertUser(tx, user, new Date(deps.clock.nowMs()));
  if (inserted) await deps.mailer.send(tx, { userId, recipient: user.email, template: "welcome" });
  else await tellOwner(deps, tx, userId);
}

function refuseWeak(password: string, emailNormal: string): void {
  const weakness = passwordWeakness(password, emailNormal);
  if (!weakness) return;
  throw userError(UserError.PASSWORD_TOO_WEAK, {
    metadata: { weakness },
    fieldViolations: [{ field: "password", description: `is ${weakness}` }],
  });
}

async function tellOwner({ clock, mailer }: UserDeps, tx: UserTransaction, userId: string): Promise<void> {
  // The lock makes concurrent attempts see each other's mail.
  const owner = await lockUserRow(tx, userId);
  if (!owner?.email) return;
  const template = "registration-attempted";
  const last = await lastMailAt(tx, userId, template);
  if (last && clock.nowMs() - last.getTime() < attemptMailIntervalMs) return;
  await mailer.send(tx, { userId, recipient: owner.email, template });
}
