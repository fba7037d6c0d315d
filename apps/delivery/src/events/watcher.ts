import type { Clock, Timer } from "@charter/time";

/** What ended a wait: news, the time, or the end of all watching. */
export type Waking = "changed" | "timeout" | "ended";

/** Waits for news. News that came while nobody waited is kept as one bit, so nothing is missed and nothing piles up. */
export class Watcher {
  readonly #aggregateId: string | undefined;
  readonly #clock: Clock;
  readonly #leave: () => void;
  #changed = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(aggregateId: string | undefined, clock: Clock, leave: () => void) {
    this.#aggregateId = aggregateId;
    this.#clock = clock;
    this.#leave = leave;
  }

  /** Waits for news since the last wait, at most `timeoutMs`. Rejects with the signal's reason when it aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<Waking> {
    signal.throwIfAborted();
    if (!this.#changed && !this.#ended) await this.#pause(timeoutMs, signal);
    signal.throwIfAborted();
    if (this.#ended) return "ended";
    const waking = this.#changed ? "changed" : "timeout";
    this.#changed = false;
    return waking;
  }

  /** Tells which aggregates have changed. */
  notice(aggregateIds: ReadonlySet<string>): void {
    if (this.#aggregateId !== undefined && !aggregateIds.has(this.#aggregateId)) return;
    this.#changed = true;
    this.#wake?.();
  }

  /** Ends the watching in good order: the current wait and every later one answer "ended". */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Gives the watcher up. Closing twice is a no-op. */
  close(): void {
    this.end();
    this.#leave();
  }

  #pause(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.clear();
        signal.removeEventListener("abort", wake);
        this.#wake = undefined;
        resolve();
      };
      const timer: Timer = this.#clock.setTimer(wake, timeoutMs);
      signal.addEventListener("abort", wake, { once: true });
      this.#wake = wake;
    });
  }
}
