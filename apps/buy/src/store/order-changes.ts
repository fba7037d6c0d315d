import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, Timer } from "@charter/time";

/** Reads the version of each of these orders; an order that is gone is left out. */
export type ReadVersions = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, bigint>>;

export interface OrderChangesOptions {
  readonly readVersions: ReadVersions;
  readonly clock: Clock;
  /** Told of a failed look; the next one comes as if nothing had happened. */
  readonly onError: (error: unknown) => void;
  /** Time between two looks while anybody waits. Default 150. */
  readonly pollMs?: number;
  /** The most waits at one time; more are refused with TooManyWatchersError. Default 4,096. */
  readonly maxWaiting?: number;
}

/** More shoppers watch than one process is meant to serve. */
export class TooManyWatchersError extends Error {
  constructor() {
    super("too many orders are being watched in this process");
    this.name = "TooManyWatchersError";
  }
}

interface Waiting {
  readonly orderId: string;
  readonly beyond: bigint;
  readonly wake: () => void;
}

const DEFAULT_POLL_MS = 150;
const DEFAULT_MAX_WAITING = 4_096;

/**
 * Lets any number of streams wait for changes of orders at the price of one query per look. Nothing is kept per stream but
 * the version that it has seen; while nobody waits, no timer runs.
 */
export class OrderChanges {
  readonly #options: Required<OrderChangesOptions>;
  readonly #waiting = new Set<Waiting>();
  /** A look serves everybody who waits, so the call that caused it must not bound it. */
  readonly #forAll = AsyncLocalStorage.snapshot();
  #timer: Timer | undefined;
  #looking = false;
  #closed = false;

  constructor(options: OrderChangesOptions) {
    this.#options = { pollMs: DEFAULT_POLL_MS, maxWaiting: DEFAULT_MAX_WAITING, ...options };
  }

  /** Resolves with true once the order's version is above `beyond`, with false when the signal aborts or this is closed. */
  async after(orderId: string, beyond: bigint, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || this.#closed) return false;
    if (this.#waiting.size >= this.#options.maxWaiting) throw new TooManyWatchersError();
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(waiting);
        resolve();
      };
      const waiting: Waiting = { orderId, beyond, wake };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", wake, { once: true });
      this.#schedule();
    });
    return !signal.aborted && !this.#closed;
  }

  /** Wakes everybody that waits and stops looking. */
  close(): void {
    this.#closed = true;
    this.#timer?.clear();
    for (const waiting of [...this.#waiting]) waiting.wake();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#looking || this.#closed || this.#waiting.size === 0) return;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      void this.#forAll(() => this.#look());
    }, this.#options.pollMs);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      const asked = [...this.#waiting];
      const versions = await this.#options.readVersions([...new Set(asked.map((one) => one.orderId))]);
      for (const waiting of asked) {
        // An order that is gone wakes its watcher too, who then finds it gone.
        if ((versions.get(waiting.orderId) ?? waiting.beyond + 1n) > waiting.beyond) waiting.wake();
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#looking = false;
      this.#schedule();
    }
  }
}
