import type { UserTokenIssuer } from "@charter/identity";
import type { Clock } from "@charter/time";
import type { KeyRing } from "../keys/key-ring.js";
import type { Mailer } from "../mail/mailer.js";
import type { PasswordHasher } from "../passwords/password-hasher.js";
import type { UserDatabase } from "../store/schema.js";

/** What the handlers work with. */
export interface UserDeps {
  readonly db: UserDatabase;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly mailer: Mailer;
  readonly keyRing: KeyRing;
  readonly issuer: UserTokenIssuer;
}
