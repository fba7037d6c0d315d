import type { Logger } from "@charter/telemetry";

/** Logs the moment a callee went out of reach or came back, and not every call in between. */
export class ReachabilityLog {
  readonly #callee: string;
  readonly #log: Logger | undefined;
  #reachable = true;

  constructor(callee: string, log: Logger | undefined) {
    this.#callee = callee;
    this.#log = log;
  }

  /** @param endpoints Where the callee is or was, for whoever reads the log. */
  note(reachable: boolean, endpoints: readonly string[], err?: unknown): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    const facts = { callee: this.#callee, endpoints };
    if (reachable) this.#log?.info(facts, "callee can be reached again");
    else this.#log?.warn({ ...facts, err }, "callee cannot be reached");
  }
}
