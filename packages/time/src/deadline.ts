import type { Clock } from "./clock.js";

/** A moment after which an answer is of no use. Measured on the monotonic clock, so setting the machine's clock does not move it. */
export class Deadline {
  readonly #clock: Clock;
  /** The moment, on the clock's monotonic scale. */
  readonly atMs: number;

  private constructor(clock: Clock, atMs: number) {
    this.#clock = clock;
    this.atMs = atMs;
  }

  /** The moment `ms` from now. */
  static after(clock: Clock, ms: number): Deadline {
    return new Deadline(clock, clock.monotonicMs() + ms);
  }

  /** A moment on the clock's monotonic scale. */
  static at(clock: Clock, atMs: number): Deadline {
    return new Deadline(clock, atMs);
  }

  /** Milliseconds left; 0 once it has passed. */
  remainingMs(): number {
    return Math.max(0, this.atMs - this.#clock.monotonicMs());
  }

  /** Whether the moment has passed. */
  get expired(): boolean {
    return this.remainingMs() === 0;
  }
}
