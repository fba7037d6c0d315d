import { deleteInBatches, purgeAnswers } from "@charter/postgres";
import { answerRetentionMs } from "@charter/server";
import type { Logger } from "@charter/telemetry";
import { type Clock, type Repeated, repeat } from "@charter/time";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { accountLimits } from "./domain/throttle.js";
import { purgeThrottles } from "./store/login-throttles.js";
import { purgeMails } from "./store/mails.js";
import type { UserDatabase } from "./store/schema.js";
import { purgeSessions } from "./store/sessions.js";

const pauseMs = 600_000;
const retentionMs = answerRetentionMs(UserService);
/** How long the outbox shows what was sent. */
const mailRetentionMs = 30 * 24 * 3_600_000;

export interface HousekeepingDeps {
  readonly db: UserDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Forgets old answers, throttles, sessions and mails every ten minutes, so that the tables stay as large as what is alive in them. Any
 * number of processes may do so in one database.
 */
export function createHousekeeping({ db, clock, log }: HousekeepingDeps): Repeated {
  return repeat((signal) => tidy({ db, clock }, signal), {
    pauseMs,
    clock,
    onError: (error) => log.warn({ err: error }, "tidying up failed; it is tried again later"),
  });
}

/** One round; returns how many rows it deleted. */
export async function tidy(
  { db, clock }: Pick<HousekeepingDeps, "db" | "clock">,
  signal?: AbortSignal,
): Promise<number> {
  const now = clock.nowMs();
  const tables: readonly ((limit: number) => Promise<number>)[] = [
    (limit) => purgeAnswers(db, { before: new Date(now - retentionMs), limit }),
    (limit) => purgeThrottles(db, new Date(now - accountLimits.forgetAfterMs), limit),
    (limit) => purgeSessions(db, new Date(now), limit),
    (limit) => purgeMails(db, new Date(now - mailRetentionMs), limit),
  ];
  let deleted = 0;
  for (const purge of tables) deleted += await deleteInBatches(purge, { ...(signal && { signal }) });
  return deleted;
}
