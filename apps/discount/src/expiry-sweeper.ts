import { inTransaction } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import { type Clock, type Repeated, repeat } from "@charter/time";
import { campaignsToSweep, lockCounters, sweepCampaign } from "./store/holds.js";
import type { DiscountDatabase } from "./store/schema.js";

/** Reservations are freed where they are in the way at once; the sweep only keeps what is left lying small. */
const pauseMs = 30_000;
/** Bound on one sweep; what is over waits for the next. */
const campaignsPerSweep = 100;

export interface SweeperDeps {
  readonly db: DiscountDatabase;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Frees reservations whose time is over, campaign by campaign, every 30 s. Any number of processes may sweep one database. */
export function createExpirySweeper({ db, clock, log }: SweeperDeps): Repeated {
  return repeat(() => sweep({ db, clock }), {
    pauseMs,
    clock,
    onError: (error) =>
      log.warn({ err: error }, "the sweep of expired reservations failed; it is tried again later"),
  });
}

/** Sweeps once; returns how many reservations it freed. */
export async function sweep({ db, clock }: Pick<SweeperDeps, "db" | "clock">): Promise<bigint> {
  const now = new Date(clock.nowMs());
  let freed = 0n;
  for (const campaignId of await campaignsToSweep(db, now, campaignsPerSweep)) {
    freed += await sweepOne(db, campaignId, now, clock);
  }
  return freed;
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
