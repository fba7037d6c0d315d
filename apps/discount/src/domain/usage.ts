/** How far a campaign is used up: what is committed, and what is reserved and has not expired. */
export interface Usage {
  readonly redemptions: bigint;
  readonly spentMinor: bigint;
  /** Of the customer whose basket it is; 0 for a guest. */
  readonly customerRedemptions: bigint;
}

export const unused: Usage = { redemptions: 0n, spentMinor: 0n, customerRedemptions: 0n };
