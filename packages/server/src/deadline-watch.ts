import type { Clock } from "@charter/time";
import { EarliestTimer } from "./earliest-timer.js";
import { type ChassisError, chassisError } from "./errors/chassis-error.js";
import { Seats } from "./seats.js";
import type { ServerCall } from "./server-call.js";

/** Whom it watches: any call, by what the layer deadline has set. */
export type Watched = Pick<ServerCall, "deadline" | "abort">;

interface Watch {
  readonly call: Watched;
  /** What it is told when its deadline passes. */
  readonly error: ChassisError;
}

/** Aborts calls whose deadline has passed, with one timer for all of them. Bounded by the calls in flight. */
export class DeadlineWatch {
  readonly #watches = new Seats<Watch>();
  readonly #timer: EarliestTimer;

  constructor(clock: Clock) {
    this.#timer = new EarliestTimer(clock, () => this.#look());
  }

  /** Watches a call from now on, until its seat, which is given back, is told to `remove`. */
  add(call: Watched, error: ChassisError): number {
    if (call.deadline) this.#timer.by(call.deadline.atMs);
    return this.#watches.add({ call, error });
  }

  /** The call that has this seat is over. */
  remove(seat: number): void {
    this.#watches.remove(seat);
  }

  #look(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { call, error } of this.#watches) {
      if (call.deadline?.expired) call.abort(chassisError(error));
      else nextMs = Math.min(nextMs, call.deadline?.atMs ?? nextMs);
    }
    return nextMs;
  }
}
