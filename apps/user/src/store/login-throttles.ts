import { afterFailure, type Throttle, type ThrottleLimits, throttleWaitMs } from "../domain/throttle.js";
import type { UserQueries, UserTransaction } from "./schema.js";

/** What is remembered under the key. */
export async function readThrottle(db: UserQueries, key: string): Promise<Throttle | undefined> {
  const row = await db.selectFrom("login_throttles").selectAll().where("key", "=", key).executeTakeFirst();
  return row && toThrottle(row);
}

/**
 * Takes an attempt for failed before it is made, unless it has to wait; `forgiveFailure` or `forgetThrottle` take
 * that back. So any number of attempts at once are counted one after the other, and none is looked at beyond the
 * limits.
 *
 * @returns Milliseconds to wait; 0 when the attempt may be made.
 */
export async function chargeAttempt(
  tx: UserTransaction,
  key: string,
  limits: ThrottleLimits,
  nowMs: number,
): Promise<number> {
  await tx
    .insertInto("login_throttles")
    .values({ key, failures: 0, last_failure_at: new Date(nowMs), blocked_until: new Date(nowMs) })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  const row = await tx
    .selectFrom("login_throttles")
    .selectAll()
    .where("key", "=", key)
    .forUpdate()
    .executeTakeFirst();
  const throttle = row && toThrottle(row);
  const waitMs = throttleWaitMs(throttle, nowMs);
  if (waitMs === 0) await write(tx, key, afterFailure(throttle, limits, nowMs));
  return waitMs;
}

/** Takes one failure back, for an attempt that was not looked at after all. A wait that others brought about stays. */
export async function forgiveFailure(db: UserQueries, key: string): Promise<void> {
  await db
    .updateTable("login_throttles")
    .set((eb) => ({ failures: eb("failures", "-", 1) }))
    .where("key", "=", key)
    .where("failures", ">", 0)
    .execute();
}

/** Forgets every failure under the key. */
export async function forgetThrottle(db: UserQueries, key: string): Promise<void> {
  await db.deleteFrom("login_throttles").where("key", "=", key).execute();
}

/** Forgets what has not failed since `before`; at most `limit` keys. Returns how many. */
export async function purgeThrottles(db: UserQueries, before: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("login_throttles")
    .where("key", "in", (eb) =>
      eb.selectFrom("login_throttles").select("key").where("last_failure_at", "<", before).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

async function write(tx: UserTransaction, key: string, throttle: Throttle): Promise<void> {
  const values = {
    failures: throttle.failures,
    last_failure_at: new Date(throttle.lastFailureMs),
    blocked_until: new Date(throttle.blockedUntilMs),
  };
  await tx
    .insertInto("login_throttles")
    .values({ key, ...values })
    .onConflict((conflict) => conflict.column("key").doUpdateSet(values))
    .execute();
}

function toThrottle(row: { failures: number; last_failure_at: Date; blocked_until: Date }): Throttle {
  return {
    failures: row.failures,
    lastFailureMs: row.last_failure_at.getTime(),
    blockedUntilMs: row.blocked_until.getTime(),
  };
}
