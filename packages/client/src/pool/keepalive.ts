import type { Clock, Timer } from "@charter/time";

/** When a silent connection is asked for a sign of life, and how long it may take. */
export interface KeepaliveTiming {
  readonly pingAfterMs: number;
  readonly pingTimeoutMs: number;
}

/**
 * A peer that froze is noticed within the two times together: 3 s, so that within the contract's default deadline of 5 s a call may
 * still be repeated elsewhere. No ping is sent while bytes arrive or no call is waiting (gRFC A8).
 */
export const KEEPALIVE_DEFAULTS: KeepaliveTiming = { pingAfterMs: 1_000, pingTimeoutMs: 2_000 };

/** What is watched. */
export interface Pingable {
  /** Whether a call waits for the peer. */
  readonly busy: () => boolean;
  /** Bytes received so far. */
  readonly bytesRead: () => number;
  readonly ping: (acknowledged: () => void) => void;
  readonly onDead: () => void;
}

/** Pings a connection that is silent while calls wait, and reports it dead when it does not answer. */
export class Keepalive {
  readonly #clock: Clock;
  readonly #timing: KeepaliveTiming;
  readonly #peer: Pingable;
  #timer: Timer | undefined;
  #bytesSeen = 0;

  constructor(clock: Clock, timing: KeepaliveTiming, peer: Pingable) {
    this.#clock = clock;
    this.#timing = timing;
    this.#peer = peer;
  }

  /** To be called when a call begins. */
  wake(): void {
    if (this.#timer || !this.#peer.busy()) return;
    this.#bytesSeen = this.#peer.bytesRead();
    this.#timer = this.#clock.setTimer(() => this.#look(), this.#timing.pingAfterMs);
  }

  /** To be called when the connection is gone. */
  stop(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#peer.bytesRead() !== this.#bytesSeen) return this.wake();
    if (!this.#peer.busy()) return;
    this.#timer = this.#clock.setTimer(() => this.#giveUp(), this.#timing.pingTimeoutMs);
    this.#peer.ping(() => {
      this.stop();
      this.wake();
    });
  }

  /** A process that was held up finds this due before it has read what arrived meanwhile, so it reads first. */
  #giveUp(): void {
    const judging = setImmediate(() => this.#judge());
    this.#timer = { clear: () => clearImmediate(judging) };
  }

  /** The acknowledgement itself is bytes; some may have come although its own has not. */
  #judge(): void {
    this.#timer = undefined;
    if (this.#peer.bytesRead() === this.#bytesSeen) this.#peer.onDead();
    else this.wake();
  }
}
