import type { Verdict } from "../breaker/breaker.js";
import type { Sentence, Suspect } from "./sweep.js";

/** One endpoint's counts since the last sweep, and whether it is left out. */
export class OutlierRecord {
  #successes = 0;
  #failures = 0;
  #ejectedAtMs: number | undefined;
  #ejections = 0;

  get ejected(): boolean {
    return this.#ejectedAtMs !== undefined;
  }

  count(verdict: Verdict): void {
    if (verdict === "success") this.#successes += 1;
    if (verdict === "failure") this.#failures += 1;
  }

  /** What a sweep looks at. */
  read(key: string): Suspect {
    return {
      key,
      successes: this.#successes,
      failures: this.#failures,
      ejectedAtMs: this.#ejectedAtMs,
      ejections: this.#ejections,
    };
  }

  /** Takes on what the sweep decided, and counts from 0 again. */
  apply({ ejectedAtMs, ejections }: Sentence): void {
    this.#successes = 0;
    this.#failures = 0;
    this.#ejectedAtMs = ejectedAtMs;
    this.#ejections = ejections;
  }
}
