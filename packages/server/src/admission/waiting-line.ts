import type { Criticality } from "@charter/policy";
import type { Clock, Timer } from "@charter/time";
import { ranked, rankOf } from "./criticality-rank.js";

/** A line that has not been empty for so long is not the effect of a burst: calls come faster than they are let in. */
const STANDING_MS = 100;
/** After so long calls of default criticality wait only for a short time too. */
const LONG_STANDING_MS = 500;
/** How long a call waits in a standing line. */
const STANDING_WAIT_MS = 5;

/** Why a call was not let in; "gone" when its caller gave up. */
export type Shed = "queue_full" | "queue_time" | "loop_delay" | "gone";

/** A call that wants to be let in. */
export interface Applicant {
  readonly criticality: Criticality;
  /** The longest that it may wait, by its contract. */
  readonly maxWaitMs: number;
  /** Aborts when its caller is gone. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly settle: (shed: Shed | undefined) => void;
}

/**
 * Calls that wait to be let in: the more critical before the less, among equals the first come first. Where the line stands, that is has
 * not been empty for 100 ms, the newest is let in first and sheddable calls wait 5 ms at most; after 500 ms calls of default criticality
 * do so and sheddable ones do not wait at all. So a burst is worked off in order, while under lasting overload who is let in has
 * hardly waited and who is refused learns it soon. (Adaptive LIFO and controlled delay with its 100 ms and 5 ms after B. Maurer,
 * "Fail at Scale", ACM Queue 13(8), 2015.)
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #byRank: readonly Waiting[][] = ranked.map(() => []);
  #size = 0;
  /** When it was last seen empty. */
  #emptyAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Waits; resolves to undefined when let in, else to why not. In a full line a more critical call takes the place of a less critical
   * one; in one that stands also the place of the oldest of its own kind.
   */
  async enter(applicant: Applicant, capacity: number): Promise<Shed | undefined> {
    if (this.#size === 0) this.#emptyAtMs = this.#clock.monotonicMs();
    const maxWaitMs = this.#maxWaitMs(applicant);
    if (maxWaitMs <= 0) return "queue_time";
    const rank = rankOf(applicant.criticality);
    if (this.#size >= capacity && !this.#displace(rank)) return "queue_full";
    return this.#wait(rank, maxWaitMs, applicant.signal);
  }

  /** Lets the next one in; false when nobody waits. */
  admitNext(): boolean {
    const row = this.#byRank.findLast((it) => it.length > 0);
    const next = this.#standingMs() >= STANDING_MS ? row?.at(-1) : row?.[0];
    next?.settle(undefined);
    return next !== undefined;
  }

  #wait(rank: number, maxWaitMs: number, signal: AbortSignal): Promise<Shed | undefined> {
    return new Promise((resolve) => {
      const onAbort = () => settle("gone");
      const settle = (shed: Shed | undefined) => {
        timer.clear();
        signal.removeEventListener("abort", onAbort);
        this.#remove(rank, waiting);
        resolve(shed);
      };
      const timer: Timer = this.#clock.setTimer(() => settle("queue_time"), maxWaitMs);
      signal.addEventListener("abort", onAbort, { once: true });
      const waiting = { settle };
      this.#byRank[rank]?.push(waiting);
      this.#size += 1;
    });
  }

  #remove(rank: number, waiting: Waiting): void {
    const row = this.#byRank[rank];
    row?.splice(row.indexOf(waiting), 1);
    this.#size -= 1;
    if (this.#size === 0) this.#emptyAtMs = this.#clock.monotonicMs();
  }

  #displace(rank: number): boolean {
    const lowest = this.#byRank.findIndex((it) => it.length > 0);
    const canTake = lowest >= 0 && (lowest < rank || (lowest === rank && this.#standingMs() >= STANDING_MS));
    if (canTake) this.#byRank[lowest]?.[0]?.settle("queue_full");
    return canTake;
  }

  #maxWaitMs({ criticality, maxWaitMs }: Applicant): number {
    const standingMs = this.#standingMs();
    if (criticality === "critical" || standingMs < STANDING_MS) return maxWaitMs;
    if (standingMs >= LONG_STANDING_MS && criticality === "sheddable") return 0;
    return standingMs >= LONG_STANDING_MS || criticality === "sheddable"
      ? Math.min(STANDING_WAIT_MS, maxWaitMs)
      : maxWaitMs;
  }

  #standingMs(): number {
    return this.#size === 0 ? 0 : this.#clock.monotonicMs() - this.#emptyAtMs;
  }
}
