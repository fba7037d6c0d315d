import type { Clock, Deadline } from "@charter/time";

/** Lets calls wait for the next change of a callee's endpoints. As many wait as there are calls. */
export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  announce(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next change, or when the signal aborts or the deadline passes; the caller looks again then. */
  next(signal: AbortSignal | undefined, deadline: Deadline | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        timer?.clear();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = deadline && this.#clock.setTimer(wake, deadline.remainingMs());
      signal?.addEventListener("abort", wake, { once: true });
      this.#waiting.add(wake);
    });
  }
}
