import { type Clock, type Repeated, repeat, systemClock } from "@charter/time";
import type { Executor } from "./database.js";
import { deleteInBatches } from "./delete-in-batches.js";
import { purgeAnswers } from "./stored-answers.js";

const pauseMs = 600_000;

export interface ForgetAnswersOptions {
  readonly db: Executor;
  /** How long the answer to a key is kept. */
  readonly retentionMs: number;
  /** Hears of a round that failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Forgets the answers to old idempotency keys every ten minutes, once it is started. Any number of processes may do so in one database. */
export function forgetAnswers({
  db,
  retentionMs,
  onError,
  clock = systemClock,
}: ForgetAnswersOptions): Repeated {
  const round = (signal: AbortSignal) => {
    const before = new Date(clock.nowMs() - retentionMs);
    return deleteInBatches((limit) => purgeAnswers(db, { before, limit }), { signal });
  };
  return repeat(round, { pauseMs, clock, onError });
}
