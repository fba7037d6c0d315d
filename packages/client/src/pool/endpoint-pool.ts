import type { Clock, Timer } from "@charter/time";
import type { Connect, Connection } from "./connection.js";
import { connectionBackoffMs } from "./connection-backoff.js";

/** The most connections to one endpoint; the second is opened when the peer's stream limit is reached on the first. */
const MAX_CONNECTIONS = 4;
/** A connection that did not live this long counts as a failed attempt, so that a peer which hangs up at once is not hammered. */
const MIN_LIFE_MS = 1_000;
/** After another connection could not be opened beside a full one, calls share what there is for this long. */
const GROW_AGAIN_AFTER_MS = 1_000;
/** While no endpoint at all can be reached, calls may shorten the wait for the next attempt to this. */
const HURRY_AFTER_MS = 1_000;

/** ready: takes a call now. coming: will know soon. down: waits for its next attempt to connect. */
export type PoolStatus = "ready" | "coming" | "down";

export interface PoolOptions {
  readonly origin: string;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told whenever `status` may have changed. */
  readonly onChange: () => void;
}

/** The connections to one endpoint: one while that is enough, and from the first call on never none for longer than must be. */
export class EndpointPool {
  readonly #options: PoolOptions;
  readonly #connections = new Set<Connection>();
  #failures = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #ended = false;
  #lastError: unknown;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Why there is no connection. */
  get lastError(): unknown {
    return this.#lastError;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get streams(): number {
    return this.#ready().reduce((sum, { streams }) => sum + streams, 0);
  }

  get status(): PoolStatus {
    if (this.peek()) return "ready";
    return this.#timer || this.#ended ? "down" : "coming";
  }

  /** Sees to it that there is a connection, or will be. */
  start(): void {
    if (this.#ended || this.#timer || this.#live() > 0) return;
    this.#open();
  }

  /** The connection for the next call; undefined where there is none, or where a less busy one is on its way. */
  peek(): Connection | undefined {
    let best: Connection | undefined;
    for (const it of this.#connections)
      if (it.state === "ready" && (!best || it.streams < best.streams)) best = it;
    if (!best || best.streams < best.maxStreams) return best;
    return this.#mayGrow() || this.#isConnecting() ? undefined : best;
  }

  /** As `peek`, but opens another connection where all are full. */
  take(): Connection | undefined {
    const connection = this.peek();
    if (!connection && !this.#ended && !this.#timer && !this.#isConnecting()) this.#open();
    return connection;
  }

  /** Tries to connect ahead of time, unless the last attempt was just now. */
  hurry(): void {
    const { clock } = this.#options;
    if (!this.#timer || clock.monotonicMs() - this.#failedAtMs < HURRY_AFTER_MS) return;
    this.#timer.clear();
    this.#timer = undefined;
    this.#open();
  }

  /** Opens no more; what is open closes when its calls have ended. */
  drain(): void {
    this.#end();
    for (const connection of this.#connections) connection.drain();
  }

  /** Ends every connection and all calls on them. */
  destroy(reason: Error): void {
    this.#end();
    for (const connection of this.#connections) connection.destroy(reason);
  }

  #end(): void {
    this.#ended = true;
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #ready(): Connection[] {
    return [...this.#connections].filter(({ state }) => state === "ready");
  }

  #live(): number {
    return [...this.#connections].filter(({ state }) => state === "ready" || state === "connecting").length;
  }

  #mayGrow(): boolean {
    if (this.#ended || this.#live() >= MAX_CONNECTIONS) return false;
    return this.#options.clock.monotonicMs() - this.#failedAtMs >= GROW_AGAIN_AFTER_MS;
  }

  #isConnecting(): boolean {
    return [...this.#connections].some(({ state }) => state === "connecting");
  }

  #open(): void {
    const { connect, origin, clock, onChange } = this.#options;
    let readyAtMs: number | undefined;
    const connection = connect(origin, {
      onReady: () => {
        readyAtMs = clock.monotonicMs();
        onChange();
      },
      onDraining: () => {
        if (readyAtMs !== undefined) this.#onLost(readyAtMs);
      },
      // Only of a connection that was full is there news: it takes a call again.
      onStreamClosed: () => {
        if (connection.streams + 1 >= connection.maxStreams || connection.state !== "ready") onChange();
      },
      onClosed: (error) => {
        this.#connections.delete(connection);
        if (readyAtMs === undefined) this.#onFailed(error);
        else if (error !== undefined) this.#lastError = error;
        onChange();
      },
    });
    this.#connections.add(connection);
  }

  /** A connection that was good takes no more calls: replaced at once, unless it was short-lived and not the first such. */
  #onLost(readyAtMs: number): void {
    const shortLived = this.#options.clock.monotonicMs() - readyAtMs < MIN_LIFE_MS;
    if (!shortLived) this.#failures = 0;
    if (this.#live() === 0) {
      if (this.#failures > 0) this.#retryLater();
      else if (!this.#ended) this.#open();
    }
    if (shortLived) this.#failures += 1;
    this.#options.onChange();
  }

  #onFailed(error: unknown): void {
    this.#lastError = error ?? new Error("the peer closed the connection before it answered");
    this.#failures += 1;
    this.#failedAtMs = this.#options.clock.monotonicMs();
    if (this.#live() === 0) this.#retryLater();
  }

  #retryLater(): void {
    if (this.#ended || this.#timer) return;
    const { clock, random } = this.#options;
    this.#failedAtMs = clock.monotonicMs();
    this.#timer = clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#open();
        this.#options.onChange();
      },
      connectionBackoffMs(Math.max(1, this.#failures), random),
    );
  }
}
