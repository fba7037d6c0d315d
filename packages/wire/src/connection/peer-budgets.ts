import { errorCodes } from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";
import type { ConnectionLimits } from "../limits.js";
import { RateBudget } from "./rate-budget.js";

/** How many seconds' worth of frames may come at once. */
const BURST_SECONDS = 10;
/** Of resets fewer, for each costs a call that has begun: so many that a peer may give up all calls that it may have open. */
const RESET_BURST_SECONDS = 3;
/** A receiver may give back the window of the stream and that of the connection. */
const WINDOW_UPDATES_PER_DATA = 2;
/** Of ten calls one may be cancelled, however many there are. */
const RESETS_PER_COMPLETED_STREAM = 0.1;

/**
 * Counts what costs us more than it costs the peer: resets (rapid reset, CVE-2023-44487), frames that must be answered or that carry
 * nothing (CVE-2019-9512, 9515, 9518), window updates (CVE-2019-9511). Each method throws ConnectionError when there were too many.
 */
export class PeerBudgets {
  readonly #now: () => number;
  readonly #resets: RateBudget;
  readonly #control: RateBudget;
  readonly #windowUpdates: RateBudget;

  constructor(limits: ConnectionLimits, now: () => number) {
    this.#now = now;
    this.#resets = new RateBudget(limits.resetsPerSecond, RESET_BURST_SECONDS, now());
    this.#control = new RateBudget(limits.controlFramesPerSecond, BURST_SECONDS, now());
    this.#windowUpdates = new RateBudget(limits.windowUpdatesPerSecond, BURST_SECONDS, now());
  }

  /** A stream ended before its time: by the peer's RST_STREAM, or by ours because of what the peer sent. */
  countReset(): void {
    spend(this.#resets, this.#now, "too many streams were reset");
  }

  /** A stream ended in order: a peer that makes many calls may also give up some. */
  streamCompleted(): void {
    this.#resets.earn(RESETS_PER_COMPLETED_STREAM);
  }

  /** A frame came that carries nothing or asks for an answer. */
  countControl(): void {
    spend(this.#control, this.#now, "too many control frames");
  }

  countWindowUpdate(): void {
    spend(this.#windowUpdates, this.#now, "too many WINDOW_UPDATE frames");
  }

  /** We sent a DATA frame: the peer may give back windows, and may measure the connection by a PING. */
  dataSent(): void {
    this.#windowUpdates.earn(WINDOW_UPDATES_PER_DATA);
    this.#control.earn(1);
  }
}

function spend(budget: RateBudget, now: () => number, message: string): void {
  if (!budget.spend(now())) throw new ConnectionError(errorCodes.enhanceYourCalm, message);
}
