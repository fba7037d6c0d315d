import { inTransaction } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock, Timer } from "@charter/time";
import { campaignsToSweep, lockCounters, sweepCampaign } from "./store/holds.js";
import type { DiscountDatabase } from "./store/schema.js";

/** Reservations are freed where they are in the way at once; the sweep only keeps what is left lying small. */
const intervalMs = 30_000;
/** Bound on one sweep; what is over waits for the next. */
const campaignsPerSweep = 100;

export interface ExpirySweeper {
  start(): void;
  /** Sweeps once; returns how many reservations it freed. */
  sweep(): Promise<bigint>;
  /** No sweep begins any more; resolves when the running one has ended. */
  stop(): Promise<void>;
}

/** Frees reservations whose time is over, campaign by campaign, every 30 s. Any number of processes may sweep one database. */
export function createExpirySweeper(options: {
  readonly db: DiscountDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}): ExpirySweeper {
  const { db, clock, log } = options;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const sweep = async (): Promise<bigint> => {
    const now = new Date(clock.nowMs());
    let freed = 0n;
    for (const campaignId of await campaignsToSweep(db, now, campaignsPerSweep)) {
      freed += await sweepOne(db, campaignId, now, clock);
    }
    return freed;
  };
  const tick = () => {
    running = sweep()
      .then(
        (freed) => log.debug({ freed: freed.toString() }, "swept expired reservations"),
        (error: unknown) => log.warn({ err: error }, "the sweep of expired reservations failed"),
      )
      .finally(schedule);
  };
  const schedule = () => {
    if (!stopped) timer = clock.setTimer(tick, intervalMs);
  };
  return {
    start: schedule,
    sweep,
    async stop() {
      stopped = true;
      timer?.clear();
      await running;
    },
  };
}

function sweepOne(db: DiscountDatabase, campaignId: string, now: Date, clock: Clock): Promise<bigint> {
  return inTransaction(
    db,
    async (tx) => {
      await lockCounters(tx, [campaignId]);
      return sweepCampaign(tx, campaignId, now);
    },
    { clock },
  );
}
