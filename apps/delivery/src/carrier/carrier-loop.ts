import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "@charter/telemetry";
import type { Clock, Timer } from "@charter/time";
import type { EmbeddedCarrier } from "./embedded-carrier.js";

export interface CarrierLoopOptions {
  readonly carrier: Pick<EmbeddedCarrier, "runDue" | "untilNextMs">;
  readonly clock: Clock;
  readonly log: Logger;
  /** The longest pause between two looks, for what other processes have booked. Default 500 ms. */
  readonly pollMs?: number;
}

/** The shortest pause: a step that is due and that another process has in hand is not worth spinning for. */
const minPauseMs = 10;
/** The pause after a failure, e.g. while the database is away. */
const failurePauseMs = 1_000;

/** Runs the embedded carrier whenever a step is due, until it is stopped. */
export class CarrierLoop {
  readonly #options: CarrierLoopOptions;
  readonly #pollMs: number;
  /** The work is that of no call, so the one that woke the loop must not bound it. */
  readonly #forAll = AsyncLocalStorage.snapshot();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(options: CarrierLoopOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? 500;
  }

  /** Begins; starting twice is a no-op. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.wake();
  }

  /** Looks at once; for whoever has just booked a parcel. */
  wake(): void {
    if (!this.#stopped && !this.#running) this.#schedule(0);
  }

  /** Ends after the steps that are under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.clear();
    await this.#running;
  }

  #schedule(delayMs: number): void {
    this.#timer?.clear();
    this.#timer = this.#options.clock.setTimer(() => {
      this.#running = this.#forAll(() => this.#run());
    }, delayMs);
  }

  async #run(): Promise<void> {
    const pauseMs = await this.#work();
    this.#running = undefined;
    if (!this.#stopped) this.#schedule(pauseMs);
  }

  async #work(): Promise<number> {
    try {
      await this.#options.carrier.runDue();
      const untilNextMs = (await this.#options.carrier.untilNextMs()) ?? this.#pollMs;
      return Math.max(minPauseMs, Math.min(this.#pollMs, untilNextMs));
    } catch (error) {
      this.#options.log.error({ err: error }, "the embedded carrier could not work");
      return failurePauseMs;
    }
  }
}
