import { inTransaction } from "@charter/postgres";

import type { ReleaseRedemptionRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { stepOfRelease } from "../domain/redemption-life.js";
import { lifeOf } from "../messages/redemption.js";
import { lockCounters, moveHold } from "../store/holds.js";
import {
  findItems,
  insertTombstone,
  lockRedemption,
  type StoredItem,
  setRedemptionState,
} from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { answerRedemption, lifeError } from "./redemption-answer.js";

export const releaseRedemption =
  ({ db, clock }: DiscountDeps) =>
  ({ redemptionId }: ReleaseRedemptionRequest, call: CallContext) => {
    const now = new Date(clock.nowMs());
    const options = { clock, deadline: call.deadline, signal: call.signal };
    return inTransaction(
      db,
      async (tx) => {
        const stored = await lockRedemption(tx, redemptionId);
        const step = stepOfRelease(lifeOf(stored));
        if (step.do === "refuse") throw lifeError(step.reason);
        if (step.do === "entomb") await insertTombstone(tx, redemptionId, now);
        if (step.do === "release") await release(tx, redemptionId, stored?.items ?? [], now);
        return answerRedemption(tx, redemptionId, now);
      },
      options,
    );
  };

async function release(tx: Tx, redemptionId: string, seen: readonly StoredItem[], now: Date): Promise<void> {
  await lockCounters(
    tx,
    seen.map((item) => item.campaignId),
  );
  // Read again under the lock: what a sweep has freed meanwhile is not given back twice.
  for (const item of await findItems(tx, redemptionId)) {
    if (item.state === "held") await moveHold(tx, item, "release");
  }
  await setRedemptionState(tx, redemptionId, "released", "free", now);
}
