/** As long as Node's timers go. */
const FAR_MS = 2 ** 31 - 1;

/** Keeps the process alive while calls are waited for: timers of a Clock and idle connections do not. */
export class ProcessHold {
  readonly #timer = setInterval(() => {}, FAR_MS).unref();
  #holders = 0;

  hold(): void {
    this.#holders += 1;
    if (this.#holders === 1) this.#timer.ref();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
