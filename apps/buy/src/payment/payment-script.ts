/** The operations that a script can disturb. */
export type ScriptedOperation = "authorize" | "capture" | "void" | "refund";

/** How an operation goes wrong. `times` is the number of first attempts per key that it concerns. */
export type Disturbance =
  | { readonly kind: "decline"; readonly reason: string }
  /** Answers after `delayMs`, which is within the provider's time limit. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Acts, but the answer is lost. */
  | { readonly kind: "lost_after"; readonly times: number }
  /** The request is lost before it acts. */
  | { readonly kind: "lost_before"; readonly times: number }
  /** The request is on its way for so long that the caller has given up when it acts. */
  | { readonly kind: "late"; readonly times: number };

/** What happens to the operations on one means of payment; what is not named works. */
export type PaymentScript = Partial<Record<ScriptedOperation, Disturbance>>;

const SLOW_MS = 400;

/** The means of payment that the embedded provider knows. Any other token is declined as UNKNOWN_METHOD. */
export const PAYMENT_SCRIPTS: Readonly<Record<string, PaymentScript>> = {
  pm_ok: {},
  pm_declined: { authorize: { kind: "decline", reason: "CARD_DECLINED" } },
  pm_insufficient_funds: { authorize: { kind: "decline", reason: "INSUFFICIENT_FUNDS" } },
  pm_slow: { authorize: { kind: "slow", delayMs: SLOW_MS } },
  pm_timeout_after_charge: { authorize: { kind: "lost_after", times: 1 } },
  pm_timeout_before_charge: { authorize: { kind: "lost_before", times: 1 } },
  pm_timeout_always: { authorize: { kind: "lost_before", times: 1_000_000 } },
  pm_authorize_late: { authorize: { kind: "late", times: 1_000_000 } },
  pm_capture_fails_twice: { capture: { kind: "lost_before", times: 2 } },
  pm_capture_timeout_after: { capture: { kind: "lost_after", times: 1 } },
  pm_void_fails_twice: {
    authorize: { kind: "lost_after", times: 1 },
    void: { kind: "lost_before", times: 2 },
  },
  pm_void_fails_long: { void: { kind: "lost_before", times: 25 } },
};
