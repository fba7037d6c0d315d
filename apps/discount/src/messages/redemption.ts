import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type RedemptionSchema,
  RedemptionState as StateMessage,
} from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { isExpired, type RedemptionState, type StoredLife } from "../domain/redemption-life.js";
import type { StoredRedemption } from "../store/redemptions.js";
import { moneyOf } from "./money.js";
import { timestampOf } from "./time.js";

/** A stored redemption as the rules see it. */
export function lifeOf(stored: StoredRedemption | undefined): StoredLife | undefined {
  return stored && { state: stored.state, expiresMs: stored.expiresAt?.getTime() };
}

/** A stored redemption for an answer, as of now. */
export function redemptionMessage(
  stored: StoredRedemption,
  nowMs: number,
): MessageInitShape<typeof RedemptionSchema> {
  const expired = isExpired({ state: stored.state, expiresMs: stored.expiresAt?.getTime() }, nowMs);
  return {
    redemptionId: stored.redemptionId,
    orderId: stored.orderId ?? "",
    customerId: stored.customerId ?? "",
    state: expired ? StateMessage.EXPIRED : states[stored.state],
    items: stored.items.map(({ campaignId, code, amountMinor, currency }) => ({
      campaignId,
      code,
      amount: moneyOf(amountMinor, currency),
    })),
    ...(stored.expiresAt && { expireTime: timestampOf(stored.expiresAt) }),
    createTime: timestampOf(stored.createdAt),
    updateTime: timestampOf(stored.updatedAt),
  };
}

const states: Readonly<Record<RedemptionState, StateMessage>> = {
  reserved: StateMessage.RESERVED,
  committed: StateMessage.COMMITTED,
  released: StateMessage.RELEASED,
  rolled_back: StateMessage.ROLLED_BACK,
};
