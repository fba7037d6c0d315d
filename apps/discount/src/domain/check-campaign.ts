import type { Campaign } from "./campaign.js";

/** What is wrong with a part of a campaign. */
export interface CampaignProblem {
  /** Path below the contract's CampaignSpec, e.g. "benefit.free_shipping". */
  readonly field: string;
  readonly description: string;
}

/** What the parts of a campaign are, so far as they can contradict each other. */
export type CampaignDraft = Pick<Campaign, "automatic" | "benefit" | "scope" | "startMs" | "endMs"> & {
  readonly codes: readonly string[];
  /** Every amount of money in it: the field it stands in, and its currency. */
  readonly amounts: readonly { readonly field: string; readonly currency: string }[];
};

/** Every contradiction between the parts of a campaign; empty where there is none. What one field alone may hold is the contract's to check. */
export function checkCampaign(draft: CampaignDraft): readonly CampaignProblem[] {
  return [
    ...rules.flatMap(({ broken, ...problem }) => (broken(draft) ? [problem] : [])),
    ...foreignAmounts(draft),
  ];
}

/** The first amount sets the currency; every other one that differs is a problem. */
function foreignAmounts({ amounts }: CampaignDraft): CampaignProblem[] {
  const expected = amounts[0]?.currency;
  return amounts
    .filter(({ currency }) => currency !== expected)
    .map(({ field }) => ({
      field,
      description: `All amounts of a campaign are in one currency, here ${expected}.`,
    }));
}

const rules: readonly (CampaignProblem & { readonly broken: (draft: CampaignDraft) => boolean })[] = [
  {
    field: "codes",
    description: "An automatic campaign has no codes.",
    broken: (draft) => draft.automatic && draft.codes.length > 0,
  },
  {
    field: "codes",
    description: "Codes that differ only in case are the same code.",
    broken: (draft) => new Set(draft.codes).size < draft.codes.length,
  },
  {
    field: "benefit.free_shipping",
    description: "Free shipping needs the scope `shipping`.",
    broken: ({ benefit, scope }) => benefit.kind === "free_shipping" && scope.kind !== "shipping",
  },
  {
    field: "benefit.buy_x_get_y",
    description: "A deal over units does not act on shipping.",
    broken: ({ benefit, scope }) => benefit.kind === "buy_x_get_y" && scope.kind === "shipping",
  },
  {
    field: "benefit.fixed_amount.per_unit",
    description: "Shipping has no units.",
    broken: ({ benefit, scope }) =>
      benefit.kind === "fixed_amount" && benefit.perUnit && scope.kind === "shipping",
  },
  {
    field: "end_time",
    description: "The end lies after the start.",
    broken: ({ startMs, endMs }) => startMs !== undefined && endMs !== undefined && endMs <= startMs,
  },
];
