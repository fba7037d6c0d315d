import { purgeAnswers } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock, Timer } from "@charter/time";
import { accountLimits } from "./domain/throttle.js";
import { purgeThrottles } from "./store/login-throttles.js";
import { purgeMails } from "./store/mails.js";
import type { UserDatabase } from "./store/schema.js";
import { purgeSessions } from "./store/sessions.js";

const intervalMs = 600_000;
/** What the contract promises of Register and AddAddress. */
export const answerRetentionMs = 24 * 3_600_000;
/** How long the outbox shows what was sent. */
const mailRetentionMs = 30 * 24 * 3_600_000;
/** Rows that one statement deletes. */
const batchSize = 1_000;
/** Bound on the statements of one round and table; what is over waits for the next round. */
const maxBatches = 100;

/** Forgets what nobody needs any more, so that the tables stay as large as what is alive in them. */
export interface Housekeeping {
  start(): void;
  /** One round; returns how many rows it deleted. */
  tidy(): Promise<number>;
  /** No round begins any more; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/**
 * Forgets old answers, throttles, sessions and mails every ten minutes. Any number of processes may do so in one
 * database.
 */
export function createHousekeeping(options: {
  readonly db: UserDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}): Housekeeping {
  const { clock, log } = options;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const tidy = () => tidyOnce(options, () => stopped);
  const round = () => {
    running = tidy()
      .then(
        (deleted) => log.debug({ deleted }, "tidied up"),
        (error: unknown) => log.warn({ err: error }, "tidying up failed; it is tried again later"),
      )
      .finally(schedule);
  };
  const schedule = () => {
    if (!stopped) timer = clock.setTimer(round, intervalMs);
  };
  return {
    start: schedule,
    tidy,
    async stop() {
      stopped = true;
      timer?.clear();
      await running;
    },
  };
}

async function tidyOnce(
  { db, clock }: { readonly db: UserDatabase; readonly clock: Clock },
  stopped: () => boolean,
): Promise<number> {
  const now = clock.nowMs();
  const tables = [
    () => purgeAnswers(db, { before: new Date(now - answerRetentionMs), limit: batchSize }),
    () => purgeThrottles(db, new Date(now - accountLimits.forgetAfterMs), batchSize),
    () => purgeSessions(db, new Date(now), batchSize),
    () => purgeMails(db, new Date(now - mailRetentionMs), batchSize),
  ];
  let deleted = 0;
  for (const purge of tables) {
    for (let batch = 0; batch < maxBatches && !stopped(); batch += 1) {
      const count = await purge();
      deleted += count;
      if (count < batchSize) break;
    }
  }
  return deleted;
}
