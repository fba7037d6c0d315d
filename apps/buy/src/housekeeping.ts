import { purgeAnswers } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock, Timer } from "@charter/time";
import type { Kysely } from "kysely";

const INTERVAL_MS = 600_000;
/** The longest that the contract promises of any method: PlaceOrder's. */
export const ANSWER_RETENTION_MS = 7 * 24 * 3_600_000;
/** Rows that one statement deletes. */
const BATCH_SIZE = 1_000;
/** Bound on the statements of one round; what is over waits for the next. */
const MAX_BATCHES = 100;

export interface HousekeepingDeps {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Forgets the answers to old idempotency keys, every ten minutes. Any number of processes may do so in one database. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = this.#deps.clock.setTimer(() => {
      this.#running = this.#round();
    }, INTERVAL_MS);
  }

  /** No round begins any more; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.clear();
    await this.#running;
  }

  /** One round; resolves with how many answers it forgot. */
  async tidy(): Promise<number> {
    const { db, clock } = this.#deps;
    const before = new Date(clock.nowMs() - ANSWER_RETENTION_MS);
    let forgotten = 0;
    for (let batch = 0; batch < MAX_BATCHES && !this.#stopped; batch += 1) {
      const count = await purgeAnswers(db, { before, limit: BATCH_SIZE });
      forgotten += count;
      if (count < BATCH_SIZE) break;
    }
    return forgotten;
  }

  async #round(): Promise<void> {
    try {
      const forgotten = await this.tidy();
      this.#deps.log.debug({ forgotten }, "old answers are forgotten");
    } catch (error) {
      this.#deps.log.warn({ err: error }, "old answers could not be forgotten; it is tried again later");
    }
    this.start();
  }
}
