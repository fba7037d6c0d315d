import { inTransaction } from "@charter/postgres";

import type { CommitRedemptionRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { DiscountError, discountError } from "../discount-error.js";
import { stepOfCommit } from "../domain/redemption-life.js";
import { lifeOf } from "../messages/redemption.js";
import { lockCounters, moveHold, takeHold } from "../store/holds.js";
import { findItems, lockRedemption, type StoredItem, setRedemptionState } from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { answerRedemption, lifeError } from "./redemption-answer.js";

export const commitRedemption =
  ({ db, clock }: DiscountDeps) =>
  ({ redemptionId }: CommitRedemptionRequest, call: CallContext) => {
    const now = new Date(clock.nowMs());
    const options = { clock, deadline: call.deadline, signal: call.signal };
    return inTransaction(
      db,
      async (tx) => {
        const stored = await lockRedemption(tx, redemptionId);
        const step = stepOfCommit(lifeOf(stored));
        if (step.do === "refuse") throw lifeError(step.reason);
        if (step.do === "commit") await commit(tx, redemptionId, stored?.items ?? [], now);
        return answerRedemption(tx, redemptionId, now);
      },
      options,
    );
  };

async function commit(tx: Tx, redemptionId: string, seen: readonly StoredItem[], now: Date): Promise<void> {
  await lockCounters(
    tx,
    seen.map((item) => item.campaignId),
  );
  // Read again under the lock: a sweep may have freed an item meanwhile.
  for (const item of await findItems(tx, redemptionId)) {
    if (item.state === "free") await holdAgain(tx, item, now);
    await moveHold(tx, item, "commit");
  }
  await setRedemptionState(tx, redemptionId, "committed", "used", now);
}

async function holdAgain(tx: Tx, item: StoredItem, now: Date): Promise<void> {
  const full = await takeHold(tx, item, now);
  if (!full) return;
  throw discountError(DiscountError.REDEMPTION_EXPIRED, {
    metadata: { campaign_id: item.campaignId, limit: full },
  });
}
