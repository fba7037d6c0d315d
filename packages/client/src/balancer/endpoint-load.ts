import type { Clock } from "@charter/time";
import { latencyAt, observe, type PeakEwma, UNSEEN } from "./peak-ewma.js";

/** What calls an endpoint has in flight and how long its answers take. */
export class EndpointLoad {
  readonly #clock: Clock;
  readonly #decayMs: number;
  /** Starts of the calls whose latency counts, oldest first. */
  readonly #pending = new Map<object, number>();
  #streams = 0;
  #latency: PeakEwma = UNSEEN;

  constructor(clock: Clock, decayMs: number) {
    this.#clock = clock;
    this.#decayMs = decayMs;
  }

  get inFlight(): number {
    return this.#pending.size + this.#streams;
  }

  /** An answer that is still awaited takes at least as long as it has been awaited: so a frozen endpoint shows before anything fails. */
  get latencyMs(): number {
    const nowMs = this.#clock.monotonicMs();
    const [oldestMs = nowMs] = this.#pending.values();
    return Math.max(latencyAt(this.#latency, nowMs, this.#decayMs), nowMs - oldestMs);
  }

  /** Counts a unary call. Call what it returns when the call has ended: `true` when the endpoint answered. */
  beginCall(): (answered: boolean) => void {
    const call = {};
    const startMs = this.#clock.monotonicMs();
    this.#pending.set(call, startMs);
    return (answered) => {
      if (this.#pending.delete(call)) this.#end(startMs, answered);
    };
  }

  /** Counts a stream, whose length says nothing of latency. Call what it returns when the stream has ended. */
  beginStream(): () => void {
    let open = true;
    this.#streams += 1;
    return () => {
      if (open) this.#streams -= 1;
      open = false;
    };
  }

  /** To be called when another process may answer from now on. */
  forget(): void {
    this.#latency = UNSEEN;
  }

  #end(startMs: number, answered: boolean): void {
    const nowMs = this.#clock.monotonicMs();
    const tookMs = nowMs - startMs;
    // A call that was given up is no answer, yet one would have taken at least this long.
    if (answered || tookMs > latencyAt(this.#latency, nowMs, this.#decayMs))
      this.#latency = observe(this.#latency, tookMs, nowMs, this.#decayMs);
  }
}
