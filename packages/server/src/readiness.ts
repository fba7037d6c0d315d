import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, sleep } from "@charter/time";
import { type Document, NotReady } from "./http/documents.js";
import type { Lifecycle } from "./lifecycle.js";

/** How long one check may take before it counts as failed. */
const CHECK_MS = 2_000;

/** Checks by name; a check that rejects says that the server cannot serve now. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

/** Outcomes that are younger than this are not asked for again, however many ask. */
const FRESH_MS = 1_000;

interface Outcomes {
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether a server can serve: what its checks say, and never while it drains. */
export class Readiness {
  readonly #checks: ReadinessChecks;
  readonly #lifecycle: Lifecycle;
  readonly #clock: Clock;
  /** A look serves everybody who asks, so the call that caused it must not bound it. */
  readonly #forAll = AsyncLocalStorage.snapshot();
  #latest: Promise<Outcomes> | undefined;
  #latestAtMs = Number.NEGATIVE_INFINITY;

  constructor(checks: ReadinessChecks, lifecycle: Lifecycle, clock: Clock) {
    this.#checks = checks;
    this.#lifecycle = lifecycle;
    this.#clock = clock;
  }

  /** Whether it can change otherwise than by draining. */
  get hasChecks(): boolean {
    return Object.keys(this.#checks).length > 0;
  }

  async isReady(): Promise<boolean> {
    if (this.#lifecycle.draining || !this.hasChecks) return !this.#lifecycle.draining;
    const { checks } = await this.#outcomes();
    return !this.#lifecycle.draining && areGood(checks);
  }

  /** The document of /readyz: every check's outcome, with 503 when one failed or the server is draining. */
  document(): Document {
    return async () => {
      if (this.#lifecycle.draining) throw new NotReady({ status: "draining" });
      const { checks } = await this.#outcomes();
      if (!areGood(checks)) throw new NotReady({ status: "not ready", checks });
      return { status: "ready", checks };
    };
  }

  #outcomes(): Promise<Outcomes> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#latest && nowMs - this.#latestAtMs < FRESH_MS) return this.#latest;
    this.#latestAtMs = nowMs;
    this.#latest = this.#forAll(() => this.#look());
    return this.#latest;
  }

  async #look(): Promise<Outcomes> {
    const asked = Object.entries(this.#checks).map(([name, check]) => outcomeOf(name, check, this.#clock));
    return { checks: Object.fromEntries(await Promise.all(asked)) };
  }
}

function areGood(checks: Readonly<Record<string, string>>): boolean {
  return Object.values(checks).every((outcome) => outcome === "ok");
}

async function outcomeOf(name: string, check: () => Promise<void>, clock: Clock): Promise<[string, string]> {
  const over = new AbortController();
  const tooSlow = sleep(clock, CHECK_MS, over.signal).then(
    () => "too slow",
    () => "ok",
  );
  // Why a check failed may name hosts and users, so the document says only that it did.
  const checked = Promise.resolve()
    .then(check)
    .then(
      () => "ok",
      () => "failed",
    );
  const outcome = await Promise.race([checked, tooSlow]);
  over.abort();
  return [name, outcome];
}
