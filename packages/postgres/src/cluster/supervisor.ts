import { type Clock, sleep } from "@charter/time";
import type { Postmaster } from "./postmaster.js";

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly onFailure?: (error: Error) => void;
}

/** Deaths in a row, each within `steadyMs` of its start, after which the server is given up. */
const maxRestarts = 5;
const restartDelayMs = 200;
const steadyMs = 60_000;

/** Starts a server again when it dies, until it is stopped. */
export class Supervisor {
  readonly #relaunch: () => Promise<Postmaster>;
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;
  readonly #onExit = () => this.#postmaster.requestStop();
  #postmaster: Postmaster;

  constructor(postmaster: Postmaster, relaunch: () => Promise<Postmaster>, options: SupervisorOptions) {
    this.#postmaster = postmaster;
    this.#relaunch = relaunch;
    this.#options = options;
    process.on("exit", this.#onExit);
    this.#watch = this.#keepRunning().catch((error: Error) => this.#giveUp(error));
  }

  /** Ends the server and the watch over it. */
  async stop(timeoutMs: number): Promise<void> {
    process.off("exit", this.#onExit);
    this.#stopping.abort();
    await this.#postmaster.stop(timeoutMs);
    await this.#watch;
    // One that was just being started again while the first was told to stop.
    await this.#postmaster.stop(timeoutMs);
  }

  async #keepRunning(): Promise<void> {
    const { clock, log } = this.#options;
    for (let deaths = 0; ; ) {
      const startedMs = clock.monotonicMs();
      await this.#postmaster.exited;
      if (this.#stopping.signal.aborted) return;
      deaths = clock.monotonicMs() - startedMs > steadyMs ? 1 : deaths + 1;
      if (deaths > maxRestarts) throw new Error(`PostgreSQL died ${deaths} times in a row and is given up`);
      log(`PostgreSQL has died; starting it again (${deaths} of ${maxRestarts})`);
      await sleep(clock, restartDelayMs);
      if (this.#stopping.signal.aborted) return;
      this.#postmaster = await this.#relaunch();
      if (this.#stopping.signal.aborted) return;
    }
  }

  #giveUp(error: Error): void {
    const { log, onFailure } = this.#options;
    if (onFailure) onFailure(error);
    else log(error.message);
  }
}
