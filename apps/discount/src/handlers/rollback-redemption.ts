import { inTransaction } from "@charter/postgres";

import type { RollbackRedemptionRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { stepOfRollback } from "../domain/redemption-life.js";
import { lifeOf } from "../messages/redemption.js";
import { lockCounters, moveHold } from "../store/holds.js";
import { lockRedemption, type StoredItem, setRedemptionState } from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { answerRedemption, lifeError } from "./redemption-answer.js";

export const rollbackRedemption =
  ({ db, clock }: DiscountDeps) =>
  ({ redemptionId }: RollbackRedemptionRequest, call: CallContext) => {
    const now = new Date(clock.nowMs());
    const options = { clock, deadline: call.deadline, signal: call.signal };
    return inTransaction(
      db,
      async (tx) => {
        const stored = await lockRedemption(tx, redemptionId);
        const step = stepOfRollback(lifeOf(stored));
        if (step.do === "refuse") throw lifeError(step.reason);
        if (step.do === "give_back") await giveBack(tx, redemptionId, stored?.items ?? [], now);
        return answerRedemption(tx, redemptionId, now);
      },
      options,
    );
  };

/** The items of a committed redemption stand still: nothing sweeps what is used. */
async function giveBack(
  tx: Tx,
  redemptionId: string,
  items: readonly StoredItem[],
  now: Date,
): Promise<void> {
  await lockCounters(
    tx,
    items.map((item) => item.campaignId),
  );
  for (const item of items) await moveHold(tx, item, "rollback");
  await setRedemptionState(tx, redemptionId, "rolled_back", "free", now);
}
