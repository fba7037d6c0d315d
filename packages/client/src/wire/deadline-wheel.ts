import type { Clock, Timer } from "@charter/time";

/** How late a deadline may be kept. */
const SLOT_MS = 10;

/** What a wheel ends. */
export interface Expiring {
  /** Its place in the wheel; -1 while it has none. Owned by the wheel. */
  slot: number;
  expire(): void;
}

/**
 * The deadlines of many calls on one timer: calls of the same slot of time end together, never early and at most a slot late. A call costs an
 * insertion and a deletion in a set, and a timer is set about once for each time that a deadline is long.
 */
export class DeadlineWheel {
  readonly #clock: Clock;
  /** By the end of the slot, in slots; bounded by the calls in flight. */
  readonly #slots = new Map<number, Set<Expiring>>();
  #timer: Timer | undefined;
  #timerSlot = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends it after `ms`, unless it is removed before. */
  add(it: Expiring, ms: number): void {
    const slot = Math.ceil((this.#clock.monotonicMs() + ms) / SLOT_MS);
    let calls = this.#slots.get(slot);
    if (!calls) {
      calls = new Set();
      this.#slots.set(slot, calls);
      if (slot < this.#timerSlot) this.#setTimer(slot);
    }
    it.slot = slot;
    calls.add(it);
  }

  /** Forgets it. */
  remove(it: Expiring): void {
    const calls = this.#slots.get(it.slot);
    calls?.delete(it);
    if (calls?.size === 0) this.#slots.delete(it.slot);
    it.slot = -1;
  }

  /** Stops the timer where no call needs it: for when no more are expected. */
  rest(): void {
    if (this.#slots.size > 0) return;
    this.#timer?.clear();
    this.#timer = undefined;
    this.#timerSlot = Number.POSITIVE_INFINITY;
  }

  /** The timer is left where it is when the calls of its slot are gone: it then finds nothing, and looks for the next. */
  #setTimer(slot: number): void {
    this.#timer?.clear();
    this.#timerSlot = slot;
    this.#timer = this.#clock.setTimer(this.#turn, slot * SLOT_MS - this.#clock.monotonicMs());
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#timerSlot = Number.POSITIVE_INFINITY;
    const now = Math.floor(this.#clock.monotonicMs() / SLOT_MS);
    for (const [slot, calls] of this.#slots) {
      if (slot > now) continue;
      this.#slots.delete(slot);
      for (const call of calls) call.expire();
    }
    const next = Math.min(...this.#slots.keys());
    if (Number.isFinite(next)) this.#setTimer(next);
  };
}
