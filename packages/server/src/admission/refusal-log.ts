import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";

/** One line tells of all calls that were refused in this time: a line for each would cost more than the refusal. */
const LOG_EVERY_MS = 1_000;

/** Logs the calls that are refused for load, together. */
export class RefusalLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  #unlogged: Record<string, number> | undefined;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** A call of this procedure was refused. */
  note(procedure: string): void {
    if (!this.#unlogged) {
      this.#unlogged = {};
      this.#clock.setTimer(() => this.#tell(), LOG_EVERY_MS);
    }
    this.#unlogged[procedure] = (this.#unlogged[procedure] ?? 0) + 1;
  }

  #tell(): void {
    this.#log.warn({ calls: this.#unlogged }, "calls turned away, for the server is overloaded");
    this.#unlogged = undefined;
  }
}
