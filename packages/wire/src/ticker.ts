import type { WireClock } from "./clock.js";

/** How often connections are asked whether one of their times has passed. */
const TICK_MS = 500;

/** Calls back every half second from `start` to `stop`. */
export class Ticker {
  readonly #clock: WireClock;
  readonly #callback: () => void;
  #timer: { clear(): void } | undefined;

  constructor(clock: WireClock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  start(): void {
    this.#timer ??= this.#clock.setTimer(this.#tick, TICK_MS);
  }

  stop(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  readonly #tick = (): void => {
    this.#timer = this.#clock.setTimer(this.#tick, TICK_MS);
    this.#callback();
  };
}
