/** A token bucket for what a peer may do, checked without a timer. */
export class RateBudget {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #filledAtMs: number;

  /** @param burstSeconds how many seconds' worth may be spent at once */
  constructor(perSecond: number, burstSeconds: number, nowMs: number) {
    this.#perMs = perSecond / 1_000;
    this.#most = perSecond * burstSeconds;
    this.#tokens = this.#most;
    this.#filledAtMs = nowMs;
  }

  /** Spends one token; false when none is left. */
  spend(nowMs: number): boolean {
    if (this.#tokens < 1) this.#fill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Adds tokens for something that gives the peer a reason. */
  earn(tokens: number): void {
    if (this.#tokens < this.#most) this.#tokens += tokens;
  }

  #fill(nowMs: number): void {
    this.#tokens = Math.min(this.#most, this.#tokens + (nowMs - this.#filledAtMs) * this.#perMs);
    this.#filledAtMs = nowMs;
  }
}
