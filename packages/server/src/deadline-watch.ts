import type { Clock, Timer } from "@charter/time";
import { type ChassisError, chassisError } from "./errors/chassis-error.js";
import type { ServerCall } from "./server-call.js";

/** Whom it watches: any call, by what the layer deadline has set. */
export type Watched = Pick<ServerCall, "deadline" | "abort">;

/**
 * Aborts calls whose deadline has passed, with one timer for all of them: it is set for the earliest deadline that was seen, and when it goes
 * off looks for the next among the calls that are left. Nearly all calls end long before, so the timer goes off once in a deadline's time
 * rather than being set and cleared for each call. Bounded by the calls in flight.
 */
export class DeadlineWatch {
  readonly #clock: Clock;
  /** What each call is told when its deadline passes. */
  readonly #watched = new Map<Watched, ChassisError>();
  #timer: Timer | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches a call from now on, until `remove`. */
  add(call: Watched, error: ChassisError): void {
    this.#watched.set(call, error);
    const atMs = call.deadline?.atMs ?? Number.POSITIVE_INFINITY;
    if (atMs < this.#dueMs) this.#arm(atMs);
  }

  /** The call is over. The timer stays, for the next call would only set it again; it keeps no process alive. */
  remove(call: Watched): void {
    this.#watched.delete(call);
  }

  #arm(atMs: number): void {
    this.#timer?.clear();
    this.#dueMs = atMs;
    this.#timer = this.#clock.setTimer(this.#look, atMs - this.#clock.monotonicMs());
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [call, error] of this.#watched) {
      if (call.deadline?.expired) this.#end(call, error);
      else nextMs = Math.min(nextMs, call.deadline?.atMs ?? nextMs);
    }
    if (nextMs < this.#dueMs) this.#arm(nextMs);
  };

  #end(call: Watched, error: ChassisError): void {
    this.#watched.delete(call);
    call.abort(chassisError(error));
  }
}
