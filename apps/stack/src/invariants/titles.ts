/** What each invariant says, in the words that the shop shows. */
export const invariantTitles: Readonly<Record<string, string>> = {
  I1: "money: totals add up; captured ≤ authorised; refunded ≤ captured; the provider's ledger equals ours",
  I2: "stock: 0 ≤ reserved ≤ on hand; what was sold equals what was committed",
  I3: "discount: redemptions and budget never above their limits",
  I4: "once: one key, at most one order, one authorisation, one shipment",
  I5: "end: every saga ended confirmed or compensated and holds no live reservation",
  I6: "events: each applied once, in order per aggregate",
};
