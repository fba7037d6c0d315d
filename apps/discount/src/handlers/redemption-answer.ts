import type { ContractError } from "@charter/server";
import { DiscountError, discountError } from "../discount-error.js";
import type { LifeRefusal } from "../domain/redemption-life.js";
import { redemptionMessage } from "../messages/redemption.js";
import type { FullLimit } from "../store/holds.js";
import { findRedemption } from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";

/** What the four redemption calls answer with: the redemption as it stands at the end of the transaction. */
export async function answerRedemption(tx: Tx, redemptionId: string, now: Date) {
  const stored = await findRedemption(tx, redemptionId);
  if (!stored) throw new Error(`redemption ${redemptionId} vanished within its own transaction`);
  return { redemption: redemptionMessage(stored, now.getTime()) };
}

const lifeReasons = {
  redemption_not_found: DiscountError.REDEMPTION_NOT_FOUND,
  redemption_released: DiscountError.REDEMPTION_RELEASED,
  redemption_committed: DiscountError.REDEMPTION_COMMITTED,
  redemption_not_committed: DiscountError.REDEMPTION_NOT_COMMITTED,
  redemption_rolled_back: DiscountError.REDEMPTION_ROLLED_BACK,
} as const satisfies Record<LifeRefusal, DiscountError>;

/** The contract's error for a step that a redemption's state does not allow. */
export function lifeError(refusal: LifeRefusal): ContractError {
  return discountError(lifeReasons[refusal]);
}

const limitReasons = {
  total: DiscountError.LIMIT_REACHED,
  customer: DiscountError.CUSTOMER_LIMIT_REACHED,
  budget: DiscountError.BUDGET_EXHAUSTED,
} as const satisfies Record<FullLimit, DiscountError>;

/** The contract's error for a limit without room. */
export function limitError(full: FullLimit, campaignId: string): ContractError {
  return discountError(limitReasons[full], { metadata: { campaign_id: campaignId } });
}
