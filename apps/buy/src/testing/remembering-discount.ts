import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { contractError, type Implementation, implement } from "@charter/server";
import type { Clock } from "@charter/time";
import {
  DiscountService,
  type EvaluateRequest,
  type ReserveRedemptionRequest,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { DiscountError, DiscountErrorSchema } from "@shop/contract/shop/discount/v1/errors_pb.js";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { Mishaps } from "./mishaps.js";

interface Redemption {
  state: RedemptionState;
  expiresAtMs: number;
}

/** The only campaign: 10 % off every line with this code. */
export const CODE = "TENOFF";
const CAMPAIGN_ID = "01890000-0000-7000-8000-000000000001";
const HOLDING: readonly RedemptionState[] = [RedemptionState.RESERVED, RedemptionState.COMMITTED];

/** A discount service with one campaign and a limit, in memory; it follows the contract where the checkout relies on it. */
export class RememberingDiscount {
  readonly mishaps = new Mishaps();
  readonly redemptions = new Map<string, Redemption>();
  /** How many redemptions the campaign allows. */
  limit = 1_000_000;
  /** How long a reservation is held at most, whatever is asked for. */
  maxHoldMs = Number.MAX_SAFE_INTEGER;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many redemptions stand in a state. */
  count(state: RedemptionState): number {
    return [...this.redemptions.values()].filter((redemption) => redemption.state === state).length;
  }

  implementation(): Implementation {
    const { mishaps } = this;
    return implement(DiscountService, {
      evaluate: (request, { signal }) =>
        mishaps.around("evaluate", signal, async () => ({ evaluation: evaluationOf(request) })),
      reserveRedemption: (request, { signal }) =>
        mishaps.around("reserveRedemption", signal, async () => this.#reserve(request)),
      commitRedemption: ({ redemptionId }, { signal }) =>
        mishaps.around("commitRedemption", signal, async () => this.#commit(redemptionId)),
      releaseRedemption: ({ redemptionId }, { signal }) =>
        mishaps.around("releaseRedemption", signal, async () => this.#release(redemptionId)),
      rollbackRedemption: ({ redemptionId }, { signal }) =>
        mishaps.around("rollbackRedemption", signal, async () => this.#rollBack(redemptionId)),
    });
  }

  #reserve({ redemptionId, ttlS }: ReserveRedemptionRequest) {
    const known = this.redemptions.get(redemptionId);
    if (known?.state === RedemptionState.RELEASED) throw refuse(DiscountError.REDEMPTION_RELEASED);
    if (known && this.#holds(known)) return this.#answer(redemptionId);
    this.#checkLimit(DiscountError.LIMIT_REACHED);
    const expiresAtMs = this.#clock.nowMs() + Math.min(this.maxHoldMs, (ttlS || 900) * 1_000);
    this.redemptions.set(redemptionId, { state: RedemptionState.RESERVED, expiresAtMs });
    return this.#answer(redemptionId);
  }

  #commit(redemptionId: string) {
    const known = this.redemptions.get(redemptionId);
    if (!known) throw refuse(DiscountError.REDEMPTION_NOT_FOUND);
    if (known.state === RedemptionState.RELEASED) throw refuse(DiscountError.REDEMPTION_RELEASED);
    if (!this.#holds(known)) this.#checkLimit(DiscountError.REDEMPTION_EXPIRED);
    known.state = RedemptionState.COMMITTED;
    return this.#answer(redemptionId);
  }

  #release(redemptionId: string) {
    const known = this.redemptions.get(redemptionId);
    if (known?.state === RedemptionState.COMMITTED) throw refuse(DiscountError.REDEMPTION_COMMITTED);
    this.redemptions.set(redemptionId, { state: RedemptionState.RELEASED, expiresAtMs: 0 });
    return this.#answer(redemptionId);
  }

  #rollBack(redemptionId: string) {
    const known = this.redemptions.get(redemptionId);
    if (!known) throw refuse(DiscountError.REDEMPTION_NOT_FOUND);
    if (known.state === RedemptionState.RESERVED) throw refuse(DiscountError.REDEMPTION_NOT_COMMITTED);
    known.state = RedemptionState.ROLLED_BACK;
    return this.#answer(redemptionId);
  }

  #checkLimit(error: DiscountError): void {
    const held = [...this.redemptions.values()].filter((redemption) => this.#holds(redemption)).length;
    if (held >= this.limit) throw refuse(error);
  }

  #holds({ state, expiresAtMs }: Redemption): boolean {
    const lapsed = state === RedemptionState.RESERVED && expiresAtMs <= this.#clock.nowMs();
    return HOLDING.includes(state) && !lapsed;
  }

  #answer(redemptionId: string) {
    const redemption = this.redemptions.get(redemptionId);
    const expireTime = timestampFromMs(redemption?.expiresAtMs ?? 0);
    return {
      redemption: { redemptionId, state: redemption?.state ?? RedemptionState.UNSPECIFIED, expireTime },
    };
  }
}

const refuse = (error: DiscountError) => contractError(DiscountErrorSchema, error);

function evaluationOf({ basket }: EvaluateRequest) {
  const currencyCode = basket?.currencyCode ?? "";
  const money = (minor: bigint) => ({ currencyCode, minor });
  const applies = basket?.codes.includes(CODE) ?? false;
  const reason = { campaignId: CAMPAIGN_ID, code: CODE, explanation: "Ten: 10 % off" };
  const lines = (basket?.lines ?? []).map(({ lineId, quantity, unitPrice }) => {
    const subtotal = (unitPrice?.minor ?? 0n) * BigInt(quantity);
    const taken = applies ? subtotal / 10n : 0n;
    return { lineId, subtotal, taken };
  });
  const taken = lines.reduce((total, line) => total + line.taken, 0n);
  return {
    lines: lines.map((line) => ({
      lineId: line.lineId,
      subtotal: money(line.subtotal),
      adjustments: line.taken > 0n ? [{ ...reason, amount: money(line.taken) }] : [],
      total: money(line.subtotal - line.taken),
    })),
    appliedCampaigns: taken > 0n ? [{ ...reason, title: "Ten", amount: money(taken) }] : [],
    discountTotal: money(taken),
  };
}
