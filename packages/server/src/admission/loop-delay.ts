import type { Criticality } from "@charter/policy";
import type { Clock } from "@charter/time";

const SAMPLE_MS = 20;
/** Weight of one sample: the mean spans about the last 200 ms. */
const WEIGHT = 0.2;
/**
 * The mean delay at which calls begin to be shed and at which all are, in milliseconds. (A mean queueing time of 20 ms is what DAGOR, WeChat's
 * overload control, takes for overload: Zhou et al., SoCC 2018.)
 */
const SHED_BETWEEN_MS: Readonly<Record<Criticality, readonly [number, number]>> = {
  sheddable: [20, 100],
  default: [100, 500],
  critical: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/**
 * How late the event loop is, seen from a timer that runs while calls are in flight, and the share of calls to be shed for it: sheddable
 * ones first. It catches what counting calls does not: work that goes on after calls have begun, and work that belongs to none.
 */
export class LoopDelay {
  readonly #clock: Clock;
  readonly #isBusy: () => boolean;
  #watching = false;
  #meanMs = 0;
  readonly #owed: Record<Criticality, number> = { sheddable: 0, default: 0, critical: 0 };

  /** @param isBusy whether calls are in flight; the timer ends itself when none is. */
  constructor(clock: Clock, isBusy: () => boolean) {
    this.#clock = clock;
    this.#isBusy = isBusy;
  }

  /** The mean delay over the last 200 ms or so; 0 without calls. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** A call is in flight. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#arm();
  }

  /** Whether this call is one of the share to be shed. */
  sheds(criticality: Criticality): boolean {
    const [fromMs, toMs] = SHED_BETWEEN_MS[criticality];
    if (this.#meanMs <= fromMs) return false;
    this.#owed[criticality] += Math.min(1, (this.#meanMs - fromMs) / (toMs - fromMs));
    if (this.#owed[criticality] < 1) return false;
    this.#owed[criticality] -= 1;
    return true;
  }

  #arm(): void {
    const dueMs = this.#clock.monotonicMs() + SAMPLE_MS;
    this.#clock.setTimer(() => this.#sample(dueMs), SAMPLE_MS);
  }

  #sample(dueMs: number): void {
    const lateMs = Math.max(0, this.#clock.monotonicMs() - dueMs);
    this.#meanMs += (lateMs - this.#meanMs) * WEIGHT;
    if (this.#isBusy()) return this.#arm();
    this.#watching = false;
    this.#meanMs = 0;
  }
}
