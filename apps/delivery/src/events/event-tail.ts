import { AsyncLocalStorage } from "node:async_hooks";
import { readEvents } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock, Timer } from "@charter/time";
import type { DeliveryDatabase } from "../store/database.js";
import { newestPosition } from "../store/events.js";
import { Watcher } from "./watcher.js";

export interface EventTailOptions {
  readonly db: DeliveryDatabase;
  readonly stream: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often the log is looked at while anybody watches, for what other processes wrote. Default 100 ms. */
  readonly pollMs?: number;
}

/** Events read per look; more are left for the next one, which follows at once. */
const batch = 500;

/**
 * Wakes watchers when the log has something new for them. However many watch, the log is read once per process, and only while anybody
 * does; a watcher holds no more than the news that there is news.
 */
export class EventTail {
  readonly #options: EventTailOptions;
  readonly #watchers = new Set<Watcher>();
  readonly #pollMs: number;
  /** A look serves every watcher, so the call that caused it must not bound it. */
  readonly #forAll = AsyncLocalStorage.snapshot();
  #position = 0n;
  #starting: Promise<void> | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #closed = false;

  constructor(options: EventTailOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? 100;
  }

  /**
   * Watches one aggregate, or with `undefined` all. Resolves once nothing can be missed: what is committed after that wakes the
   * watcher. Whoever watches closes the watcher.
   */
  async watch(aggregateId: string | undefined): Promise<Watcher> {
    const watcher = new Watcher(aggregateId, this.#options.clock, () => this.#leave(watcher));
    this.#watchers.add(watcher);
    if (this.#closed) watcher.end();
    try {
      await this.#start();
    } catch (error) {
      watcher.close();
      throw error;
    }
    return watcher;
  }

  /** Looks at once; for whoever knows that something was just committed. */
  nudge(): void {
    if (this.#timer) this.#schedule(0);
    else this.#lookAgain = true;
  }

  /** Ends every watcher in good order, and the looking. Later watchers end at once. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.end();
    this.#stop();
    await this.#looking;
  }

  #start(): Promise<void> {
    this.#starting ??= this.#forAll(() => this.#open()).catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #open(): Promise<void> {
    this.#position = await newestPosition(this.#options.db, this.#options.stream);
    if (this.#watchers.size > 0) this.#schedule(this.#pollMs);
    else this.#starting = undefined;
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#stop();
  }

  #stop(): void {
    this.#timer?.clear();
    this.#timer = undefined;
    this.#starting = undefined;
  }

  #schedule(delayMs: number): void {
    this.#timer?.clear();
    this.#timer = undefined;
    if (this.#closed) return;
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      this.#looking = this.#forAll(() => this.#look());
    }, delayMs);
  }

  async #look(): Promise<void> {
    this.#lookAgain = false;
    let full = false;
    try {
      full = await this.#read();
    } catch (error) {
      // The next look makes up for this one: the position has not moved.
      this.#options.log.warn({ err: error }, "the event log could not be read");
    }
    if (this.#watchers.size > 0) this.#schedule(full || this.#lookAgain ? 0 : this.#pollMs);
  }

  async #read(): Promise<boolean> {
    const { db, stream } = this.#options;
    const events = await readEvents(db, { stream, after: this.#position, limit: batch });
    const changed = new Set(events.map(({ aggregateId }) => aggregateId));
    this.#position = events.at(-1)?.position ?? this.#position;
    if (changed.size > 0) for (const watcher of this.#watchers) watcher.notice(changed);
    return events.length === batch;
  }
}
