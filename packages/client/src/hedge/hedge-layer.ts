import type { HedgePolicy } from "@charter/policy";
import type { Clock, Timer } from "@charter/time";
import type { Callee } from "../callee/callee.js";
import type { Answer, Layer, OutgoingCall, Send } from "../outgoing-call.js";

/** Sends a call again, elsewhere, when it is slow; the first good answer wins and the others are cancelled. */
export function hedgeLayer(policy: HedgePolicy, callee: Callee, clock: Clock): Layer {
  return (next) => (call) => {
    callee.hedgeBudget.earn();
    return new HedgedCall(policy, callee, clock, call, next).run();
  };
}

class HedgedCall {
  readonly #policy: HedgePolicy;
  readonly #callee: Callee;
  readonly #clock: Clock;
  readonly #call: OutgoingCall;
  readonly #next: Send;
  readonly #settled = Promise.withResolvers<Answer>();
  readonly #running = new Set<AbortController>();
  #started = 0;
  #timer: Timer | undefined;
  #failure: unknown;

  constructor(policy: HedgePolicy, callee: Callee, clock: Clock, call: OutgoingCall, next: Send) {
    this.#policy = policy;
    this.#callee = callee;
    this.#clock = clock;
    this.#call = call;
    this.#next = next;
  }

  async run(): Promise<Answer> {
    const { signal } = this.#call;
    const onAbort = () => this.#cancel(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    void this.#start();
    try {
      return await this.#settled.promise;
    } finally {
      this.#timer?.clear();
      signal?.removeEventListener("abort", onAbort);
      this.#cancel(new Error("another attempt was faster"));
    }
  }

  async #start(): Promise<void> {
    const controller = new AbortController();
    this.#running.add(controller);
    this.#started += 1;
    this.#startNextLater();
    try {
      const answer = await this.#next({ ...this.#call, signal: controller.signal });
      this.#running.delete(controller);
      this.#settled.resolve(answer);
    } catch (error) {
      this.#running.delete(controller);
      // The first failure is the call's own; that of a later attempt may only be that it came too late.
      this.#failure ??= error;
      if (this.#running.size === 0) this.#settled.reject(this.#failure);
    }
  }

  #startNextLater(): void {
    if (this.#started >= this.#policy.maxAttempts) return;
    this.#timer = this.#clock.setTimer(() => {
      if (!this.#hasElsewhere() || !this.#callee.hedgeBudget.spend()) return;
      this.#callee.counters.hedges += 1;
      void this.#start();
    }, this.#policy.delayMs);
  }

  /** At the endpoint that is slow already a second attempt would only add load. */
  #hasElsewhere(): boolean {
    const { tried } = this.#call.progress;
    return this.#callee.endpoints.some(({ key, pool }) => pool.status === "ready" && !tried.has(key));
  }

  #cancel(reason: unknown): void {
    for (const controller of this.#running) controller.abort(reason);
  }
}
