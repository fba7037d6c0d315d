import { inTransaction } from "@charter/postgres";

import type { ReserveRedemptionRequest } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { DiscountError, discountError } from "../discount-error.js";
import { compareText } from "../domain/compare.js";
import { stepOfReserve } from "../domain/redemption-life.js";
import { lifeOf } from "../messages/redemption.js";
import { lockCounters, takeHold } from "../store/holds.js";
import {
  findItems,
  insertReservation,
  lockRedemption,
  type NewRedemption,
  renewReservation,
  type StoredRedemption,
} from "../store/redemptions.js";
import type { Tx } from "../store/schema.js";
import { checkReservable } from "./check-reservable.js";
import type { CallContext, DiscountDeps } from "./discount-deps.js";
import { answerRedemption, lifeError, limitError } from "./redemption-answer.js";

const defaultTtlS = 900;

export const reserveRedemption =
  ({ db, clock }: DiscountDeps) =>
  (request: ReserveRedemptionRequest, call: CallContext) => {
    const now = new Date(clock.nowMs());
    const wanted = wantedOf(request, now);
    const options = { clock, deadline: call.deadline, signal: call.signal };
    return inTransaction(
      db,
      async (tx) => {
        const stored = await lockRedemption(tx, wanted.redemptionId);
        const step = stepOfReserve(lifeOf(stored), now.getTime());
        if (step.do === "refuse") throw lifeError(step.reason);
        if (stored && !sameReservation(stored, wanted))
          throw discountError(DiscountError.REDEMPTION_MISMATCH);
        if (step.do === "create") await createReservation(tx, wanted, now);
        if (step.do === "renew") await renew(tx, wanted, now);
        return answerRedemption(tx, wanted.redemptionId, now);
      },
      options,
    );
  };

function wantedOf(request: ReserveRedemptionRequest, now: Date): NewRedemption {
  const items = request.items.map((item) => ({
    campaignId: item.campaignId.toLowerCase(),
    code: item.code,
    amountMinor: item.amount?.minor ?? 0n,
    currency: item.amount?.currencyCode ?? "",
  }));
  return {
    redemptionId: request.redemptionId,
    orderId: request.orderId.toLowerCase(),
    customerId: request.customerId.toLowerCase(),
    expiresAt: new Date(now.getTime() + (request.ttlS || defaultTtlS) * 1_000),
    items: items.sort((a, b) => compareText(a.campaignId, b.campaignId)),
  };
}

function sameReservation(stored: StoredRedemption, wanted: NewRedemption): boolean {
  return (
    stored.orderId === wanted.orderId &&
    stored.customerId === wanted.customerId &&
    stored.items.length === wanted.items.length &&
    stored.items.every((item, index) => {
      const other = wanted.items[index];
      return (
        item.campaignId === other?.campaignId &&
        item.code === other.code &&
        item.amountMinor === other.amountMinor &&
        item.currency === other.currency
      );
    })
  );
}

async function createReservation(tx: Tx, wanted: NewRedemption, now: Date): Promise<void> {
  await lockAndCheck(tx, wanted, now);
  for (const item of wanted.items) await hold(tx, wanted, item, now);
  await insertReservation(tx, wanted, now);
}

/** What nobody has swept is still held; only the rest must find room again. */
async function renew(tx: Tx, wanted: NewRedemption, now: Date): Promise<void> {
  await lockAndCheck(tx, wanted, now);
  for (const item of await findItems(tx, wanted.redemptionId)) {
    if (item.state === "free") await hold(tx, wanted, item, now);
  }
  await renewReservation(tx, wanted.redemptionId, wanted.expiresAt, now);
}

async function lockAndCheck(tx: Tx, wanted: NewRedemption, now: Date): Promise<void> {
  await lockCounters(
    tx,
    wanted.items.map((item) => item.campaignId),
  );
  await checkReservable(tx, wanted.items, now.getTime());
}

async function hold(
  tx: Tx,
  { customerId }: NewRedemption,
  { campaignId, amountMinor }: { readonly campaignId: string; readonly amountMinor: bigint },
  now: Date,
): Promise<void> {
  const full = await takeHold(tx, { campaignId, customerId, amountMinor }, now);
  if (full) throw limitError(full, campaignId);
}
