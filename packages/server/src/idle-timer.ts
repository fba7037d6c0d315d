import type { Clock, Timer } from "@charter/time";

/**
 * Calls back when nothing was noted for `idleMs`. To note something costs a look at the clock: the timer is not set anew each time, but sees
 * when it goes off how long it has to wait yet. Whoever makes it clears it.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #notedMs: number;
  #timer: Timer;

  constructor(clock: Clock, idleMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.#notedMs = clock.monotonicMs();
    this.#timer = clock.setTimer(this.#look, idleMs);
  }

  /** Something has happened. */
  note(): void {
    this.#notedMs = this.#clock.monotonicMs();
  }

  clear(): void {
    this.#timer.clear();
  }

  readonly #look = (): void => {
    const leftMs = this.#notedMs + this.#idleMs - this.#clock.monotonicMs();
    if (leftMs > 0) this.#timer = this.#clock.setTimer(this.#look, leftMs);
    else this.#onIdle();
  };
}
