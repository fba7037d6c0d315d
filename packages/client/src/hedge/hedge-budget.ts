/** Second attempts that a call earns. */
const SHARE = 0.05;
/** Earned and unspent ones that are kept. */
const MAX_EARNED = 10;

/** How many second attempts a callee may be given: one per twenty calls, and none on credit. */
export class HedgeBudget {
  #earned = 0;

  /** Second attempts that could be made now. */
  get available(): number {
    return Math.floor(this.#earned + 1e-9);
  }

  /** To be called for each call that may be hedged. */
  earn(): void {
    this.#earned = Math.min(MAX_EARNED, this.#earned + SHARE);
  }

  /** Takes one second attempt, or returns false. */
  spend(): boolean {
    if (this.available < 1) return false;
    this.#earned -= 1;
    return true;
  }
}
