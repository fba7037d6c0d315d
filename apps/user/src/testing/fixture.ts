import { createUserTokenIssuer } from "@charter/identity";
import { migrate, openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, ManualClock } from "@charter/testing";
import type { UserDeps } from "../handlers/user-deps.js";
import { createKeyRing } from "../keys/key-ring.js";
import { createOutboxMailer } from "../mail/outbox-mailer.js";
import { migrations } from "../migrations/index.js";
import { createPasswordHasher } from "../passwords/password-hasher.js";
import type { UserSchema } from "../store/schema.js";
import { type Calls, callsOf } from "./calls.js";
import { CountingAlgorithm } from "./counting-algorithm.js";

/** What the handlers need, on a real database of its own, with a clock and a hash that the test owns. */
export interface Fixture {
  readonly deps: UserDeps;
  readonly clock: ManualClock;
  readonly algorithm: CountingAlgorithm;
  readonly calls: Calls;
  close(): Promise<void>;
}

/** A migrated, empty user service without a server. */
export async function createFixture(): Promise<Fixture> {
  const database = await createTestDatabase();
  const db = openDatabase<UserSchema>({
    url: database.url,
    applicationName: "user-test",
    maxConnections: 20,
  });
  await migrate(db, migrations);
  const clock = new ManualClock();
  const algorithm = new CountingAlgorithm();
  const log = createLogger({ service: "user", level: "silent" });
  const keyRing = createKeyRing({ db, clock });
  const deps: UserDeps = {
    db,
    clock,
    hasher: await createPasswordHasher({ algorithm }),
    mailer: createOutboxMailer({ clock, log }),
    keyRing,
    issuer: createUserTokenIssuer({
      issuer: "shop.user",
      audience: "shop",
      currentKey: () => keyRing.currentKey(),
      clock,
    }),
  };
  const close = async () => {
    await db.close();
    await database.drop();
  };
  return { deps, clock, algorithm, calls: callsOf(deps, clock), close };
}
