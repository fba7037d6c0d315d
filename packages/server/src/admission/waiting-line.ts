import type { Criticality } from "@charter/policy";
import type { Clock } from "@charter/time";
import { EarliestTimer } from "../earliest-timer.js";
import { ranked, rankOf } from "./criticality-rank.js";
import { Row, Standing } from "./row.js";

/** A line that stands for so long is not the effect of a burst: calls come faster than they are let in. */
const STANDING_MS = 100;
/** After so long calls of default criticality wait only for a short time too. */
const LONG_STANDING_MS = 500;
/** What a line remembers of how long it stood, at most. */
const MAX_STANDING_MS = 1_000;
/** How much faster than it stood it forgets, while it is empty: a line that is empty for a fifth of the time never stands. */
const FORGET_PACE = 4;
/** The share of its greatest wait that a call waits in a standing line. */
const STANDING_SHARE = 0.05;
/** Weight of the last interval in the mean time between two that are let in. */
const INTERVAL_WEIGHT = 0.1;

/** Why a call was not let in. */
export type Shed = "queue_full" | "queue_time" | "loop_delay";

/** How long a call may wait, and who goes before it. */
export interface Claim {
  readonly criticality: Criticality;
  /** The longest that it may wait, by its contract. */
  readonly maxWaitMs: number;
}

/** A call that wants to be let in. */
export interface Applicant extends Claim {
  /** Told, once, how its wait in a line has ended: undefined for let in, else why not. */
  settle(shed: Shed | undefined): void;
}

/** The place of one that waits, with which it can leave. */
export class Place extends Standing {
  readonly applicant: Applicant;
  readonly dueMs: number;

  constructor(applicant: Applicant, dueMs: number) {
    super();
    this.applicant = applicant;
    this.dueMs = dueMs;
  }
}

/**
 * Calls that wait to be let in: the more critical before the less, among equals who came first. Whoever would have to wait longer than
 * it may, as far as the pace of the line tells, is refused at once, for a refusal that comes later costs more and helps nobody.
 *
 * A line that stands, that is has not been empty for 100 ms but for moments, is kept short: sheddable calls wait a twentieth of their
 * time (of the default 100 ms: 5 ms); after 500 ms those of default criticality do so, and sheddable ones do not wait at all. So a
 * burst is worked off, while under lasting overload who is let in has hardly waited. (Controlled delay after B. Maurer, "Fail at Scale",
 * ACM Queue 13(8), 2015, where the two times are 100 ms and 5 ms. Its last in, first out is left out: it shortens the wait of those
 * who are let in by letting the others wait in vain, which a line that is short to begin with does not need.)
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #byRank: readonly Row<Place>[] = ranked.map(() => new Row());
  readonly #timer: EarliestTimer;
  #size = 0;
  /** How long it has stood, as of `#seenMs`: grows while somebody waits, falls four times as fast while nobody does. */
  #stoodMs = 0;
  #seenMs = 0;
  #lastMs = 0;
  /** The mean time between two that are let in while others wait. */
  #intervalMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = new EarliestTimer(clock, () => this.#sendAway());
  }

  get size(): number {
    return this.#size;
  }

  /** Why a call would be refused if it came now; undefined when it could wait. */
  refuses(claim: Claim, capacity: number): Shed | undefined {
    return this.#refuses(claim, capacity, this.#allowedMs(claim, this.#clock.monotonicMs()));
  }

  #refuses({ criticality }: Claim, capacity: number, allowedMs: number): Shed | undefined {
    const rank = rankOf(criticality);
    if (this.#size >= capacity && !this.#hasBelow(rank)) return "queue_full";
    const ahead = this.#countFrom(rank);
    const inVain = allowedMs <= 0 || (ahead > 0 && (ahead + 1) * this.#intervalMs > allowedMs);
    return inVain ? "queue_time" : undefined;
  }

  /**
   * Has a call wait: its place, until it is told how that ends; or why it cannot. In a full line a more critical call takes the place of a less
   * critical one.
   */
  enter(applicant: Applicant, capacity: number): Place | Shed {
    const nowMs = this.#clock.monotonicMs();
    const allowedMs = this.#allowedMs(applicant, nowMs);
    const refused = this.#refuses(applicant, capacity, allowedMs);
    if (refused) return refused;
    if (this.#size === 0) this.#lastMs = nowMs;
    const place = new Place(applicant, nowMs + allowedMs);
    if (this.#size >= capacity) this.#displace(nowMs);
    this.#rowOf(place).push(place);
    this.#size += 1;
    this.#timer.by(place.dueMs);
    return place;
  }

  /** Its caller is gone. It is told nothing. */
  leave(place: Place): void {
    this.#takeOut(place, this.#clock.monotonicMs());
  }

  /** Lets the next one in; false when nobody waits. */
  admitNext(): boolean {
    const next = this.#byRank.findLast((it) => it.size > 0)?.first;
    if (!next) return false;
    const nowMs = this.#clock.monotonicMs();
    this.#intervalMs += (nowMs - this.#lastMs - this.#intervalMs) * INTERVAL_WEIGHT;
    this.#lastMs = nowMs;
    this.#settle(next, undefined, nowMs);
    return true;
  }

  #settle(place: Place, shed: Shed | undefined, nowMs: number): void {
    this.#takeOut(place, nowMs);
    place.applicant.settle(shed);
  }

  #takeOut(place: Place, nowMs: number): void {
    this.#look(nowMs);
    this.#rowOf(place).remove(place);
    this.#size -= 1;
  }

  /** Those that have waited for as long as they may; tells when the next has. */
  #sendAway(): number {
    const nowMs = this.#clock.monotonicMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const row of this.#byRank)
      for (const place of row)
        if (place.dueMs <= nowMs) this.#settle(place, "queue_time", nowMs);
        else nextMs = Math.min(nextMs, place.dueMs);
    return nextMs;
  }

  /** The one that came last of the least critical. */
  #displace(nowMs: number): void {
    const last = this.#byRank.find((it) => it.size > 0)?.last;
    if (last) this.#settle(last, "queue_full", nowMs);
  }

  #rowOf({ applicant }: Place): Row<Place> {
    return this.#byRank[rankOf(applicant.criticality)] as Row<Place>;
  }

  #hasBelow(rank: number): boolean {
    return this.#size > this.#countFrom(rank);
  }

  #countFrom(rank: number): number {
    let count = 0;
    for (let at = rank; at < ranked.length; at += 1) count += this.#byRank[at]?.size ?? 0;
    return count;
  }

  /** Critical calls keep their time, for they are few. */
  #allowedMs({ criticality, maxWaitMs }: Claim, nowMs: number): number {
    const standingMs = this.#look(nowMs);
    if (criticality === "critical" || standingMs < STANDING_MS) return maxWaitMs;
    if (standingMs >= LONG_STANDING_MS && criticality === "sheddable") return 0;
    const short = standingMs >= LONG_STANDING_MS || criticality === "sheddable";
    return short ? maxWaitMs * STANDING_SHARE : maxWaitMs;
  }

  /** Brings up to date how long the line has stood. */
  #look(nowMs: number): number {
    const passedMs = nowMs - this.#seenMs;
    const stoodMs = this.#stoodMs + (this.#size > 0 ? passedMs : -passedMs * FORGET_PACE);
    this.#stoodMs = Math.min(MAX_STANDING_MS, Math.max(0, stoodMs));
    this.#seenMs = nowMs;
    return this.#stoodMs;
  }
}
