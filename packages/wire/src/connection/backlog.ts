import type { ConnectionLimits } from "../limits.js";
import { ByteCount } from "./byte-count.js";

/** When this share of what may wait for a peer waits, it should take some before it asks for more. */
const BEHIND_SHARE = 0.5;
/** The same while too much waits for all peers together: two answers of the size that an initial window has room for. */
const PRESSED_BEHIND_BYTES = 131_072;

/** The bytes that wait for one peer to take them, and whether it does. */
export class Backlog {
  readonly #queued: ByteCount;
  readonly #onAll: ByteCount | undefined;
  readonly #behindBytes: number;
  readonly #now: () => number;
  /** Since when bytes wait of which the peer has taken none, as far as `hasSent` does not say otherwise. */
  #stalledSinceMs = 0;
  /** The peer has taken something since that was last asked. */
  hasSent = false;

  /** @param onAll what waits for all peers of a server */
  constructor({ maxQueuedBytes }: ConnectionLimits, onAll: ByteCount | undefined, now: () => number) {
    this.#queued = new ByteCount(maxQueuedBytes, onAll);
    this.#onAll = onAll;
    this.#behindBytes = maxQueuedBytes * BEHIND_SHARE;
    this.#now = now;
  }

  /** Whether nothing may be added. */
  get isFull(): boolean {
    return this.#queued.isFull;
  }

  /** Whether so much waits for all peers of the server that a stalled one is not waited for as long as usual. */
  get isPressed(): boolean {
    return this.#onAll?.isPressed === true;
  }

  /** Whether the peer should take some before it asks for more. */
  get isBehind(): boolean {
    return this.#queued.bytes >= (this.isPressed ? PRESSED_BEHIND_BYTES : this.#behindBytes);
  }

  /** For how long the peer has taken nothing at all of what waits; 0 when that was not so the last time it was asked. */
  stalledMs(): number {
    if (this.#queued.bytes === 0) return 0;
    if (this.hasSent) this.#begin();
    return this.#now() - this.#stalledSinceMs;
  }

  add(bytes: number): void {
    if (this.#queued.bytes === 0) this.#begin();
    this.#queued.add(bytes);
  }

  remove(bytes: number): void {
    this.#queued.add(-bytes);
  }

  #begin(): void {
    this.#stalledSinceMs = this.#now();
    this.hasSent = false;
  }
}
