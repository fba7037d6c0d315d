import type {
  Benefit as BenefitMessage,
  CampaignSpec,
  Limits as LimitsMessage,
  Scope as ScopeMessage,
} from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { DiscountClass as ClassMessage, Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import type { Benefit, Campaign, DiscountClass, Limits, Scope } from "../domain/campaign.js";
import type { CampaignDraft } from "../domain/check-campaign.js";
import { normalizeCode } from "../domain/code.js";
import { msOf } from "./time.js";

/** What the rules need of a spec. */
export type CampaignRules = Omit<Campaign, "id" | "state">;

/** The rules that a valid spec states. */
export function rulesOf(spec: CampaignSpec): CampaignRules {
  return {
    title: spec.title,
    automatic: spec.trigger === Trigger.AUTOMATIC,
    benefit: benefitOf(spec.benefit),
    scope: scopeOf(spec.scope),
    conditions: {
      minimumSpendMinor: spec.conditions?.minimumSpend?.minor,
      minimumQuantity: spec.conditions?.minimumQuantity ?? 0,
      segments: spec.conditions?.segments ?? [],
    },
    startMs: msOf(spec.startTime),
    endMs: msOf(spec.endTime),
    priority: spec.priority,
    combinesWith: spec.combinesWith.map(classOf),
    maxDiscountMinor: spec.maxDiscount?.minor,
    limits: limitsOf(spec.limits),
    currency: amountsOf(spec)[0]?.currency,
  };
}

/** The parts of a spec that may contradict each other. */
export function draftOf(spec: CampaignSpec): CampaignDraft {
  return { ...rulesOf(spec), codes: spec.codes.map(normalizeCode), amounts: amountsOf(spec) };
}

function benefitOf(message: BenefitMessage | undefined): Benefit {
  const kind = message?.kind;
  switch (kind?.case) {
    case "percentage":
      return { kind: "percentage", basisPoints: kind.value.basisPoints };
    case "fixedAmount":
      return {
        kind: "fixed_amount",
        amountMinor: kind.value.amount?.minor ?? 0n,
        perUnit: kind.value.perUnit,
      };
    case "freeShipping":
      return { kind: "free_shipping" };
    case "buyXGetY": {
      const { buyQuantity, getQuantity, basisPoints, rewardSkus, maxApplications } = kind.value;
      return { kind: "buy_x_get_y", buyQuantity, getQuantity, basisPoints, rewardSkus, maxApplications };
    }
    default:
      throw new TypeError("a campaign without a benefit passed validation");
  }
}

function scopeOf(message: ScopeMessage | undefined): Scope {
  const kind = message?.kind;
  switch (kind?.case) {
    case "products":
      return { kind: "products", skus: kind.value.skus };
    case "collections":
      return { kind: "collections", collections: kind.value.collections };
    case "order":
      return { kind: "order" };
    case "shipping":
      return { kind: "shipping" };
    default:
      throw new TypeError("a campaign without a scope passed validation");
  }
}

function classOf(message: ClassMessage): DiscountClass {
  switch (message) {
    case ClassMessage.PRODUCT:
      return "product";
    case ClassMessage.ORDER:
      return "order";
    case ClassMessage.SHIPPING:
      return "shipping";
    default:
      throw new TypeError(`an unknown discount class passed validation: ${message}`);
  }
}

function limitsOf(message: LimitsMessage | undefined): Limits {
  return {
    total: message?.totalRedemptions || undefined,
    perCustomer: message?.redemptionsPerCustomer || undefined,
    budgetMinor: message?.budget?.minor,
  };
}

/** Every amount of money in the spec, in the order of its fields. */
function amountsOf(spec: CampaignSpec): CampaignDraft["amounts"] {
  const { benefit, conditions, maxDiscount, limits } = spec;
  const fixed = benefit?.kind.case === "fixedAmount" ? benefit.kind.value.amount : undefined;
  const amounts = {
    "benefit.fixed_amount.amount": fixed,
    "conditions.minimum_spend": conditions?.minimumSpend,
    max_discount: maxDiscount,
    "limits.budget": limits?.budget,
  };
  return Object.entries(amounts).flatMap(([field, money]) =>
    money ? [{ field, currency: money.currencyCode }] : [],
  );
}
