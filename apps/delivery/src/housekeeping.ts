import { type Executor, forgetAnswers } from "@charter/postgres";
import { answerRetentionMs } from "@charter/server";
import type { Logger } from "@charter/telemetry";
import type { Clock, Repeated } from "@charter/time";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";

export interface HousekeepingDeps {
  readonly db: Executor;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Forgets the answers to idempotency keys when the time that the contract promises is over. */
export function createHousekeeping({ db, clock, log }: HousekeepingDeps): Repeated {
  return forgetAnswers({
    db,
    clock,
    retentionMs: answerRetentionMs(DeliveryService),
    onError: (error) => log.warn({ err: error }, "tidying up failed; it is tried again later"),
  });
}
