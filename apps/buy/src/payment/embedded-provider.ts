import type { Database } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import { type Clock, sleep, systemClock } from "@charter/time";
import type {
  AuthorizeRequest,
  PaymentOutcome,
  PaymentProvider,
  PaymentQueryOutcome,
  SettleRequest,
  VoidRequest,
} from "./payment-provider.js";
import { type Disturbance, PAYMENT_SCRIPTS, type ScriptedOperation } from "./payment-script.js";
import { ProviderLedger } from "./provider-ledger.js";

export interface EmbeddedProviderOptions {
  /** A pool of the provider's own: it shares no transaction with the shop. */
  readonly db: Database<unknown>;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How long a caller waits before the outcome is `unknown`. Default 2,000. */
  readonly timeoutMs?: number;
  /** When a request of `pm_authorize_late` acts. Default 10,000. */
  readonly lateMs?: number;
}

const UNKNOWN: PaymentOutcome = { kind: "unknown" };
const DEFAULT_TIMEOUT_MS = 2_000;
const DEFAULT_LATE_MS = 10_000;

/**
 * A payment provider with real books and scripted failures, chosen by the method token (see PAYMENT_SCRIPTS). A request
 * whose caller has given up goes on and may still act, as with a provider across a network.
 */
export class EmbeddedProvider implements PaymentProvider {
  readonly #ledger: ProviderLedger;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #lateMs: number;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor({
    db,
    log,
    clock = systemClock,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    lateMs = DEFAULT_LATE_MS,
  }: EmbeddedProviderOptions) {
    this.#ledger = new ProviderLedger(db);
    this.#log = log;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#lateMs = lateMs;
  }

  authorize(request: AuthorizeRequest): Promise<PaymentOutcome> {
    const script = PAYMENT_SCRIPTS[request.methodToken];
    if (script === undefined) return this.#answer(() => this.#ledger.refuse(request, "UNKNOWN_METHOD"));
    const disturbance = script.authorize;
    if (disturbance?.kind === "decline") {
      return this.#answer(() => this.#ledger.refuse(request, disturbance.reason));
    }
    return this.#answer(() =>
      this.#disturbed(disturbance, request.key, () => this.#ledger.authorize(request)),
    );
  }

  capture(request: SettleRequest): Promise<PaymentOutcome> {
    return this.#settle("capture", request, () => this.#ledger.capture(request));
  }

  void(request: VoidRequest): Promise<PaymentOutcome> {
    return this.#settle("void", request, () => this.#ledger.void(request));
  }

  refund(request: SettleRequest): Promise<PaymentOutcome> {
    return this.#settle("refund", request, () => this.#ledger.refund(request));
  }

  query(key: string): Promise<PaymentQueryOutcome> {
    return this.#ledger.query(key);
  }

  /** Resolves when no request is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Ends the requests that are still under way; those that have not acted yet never will. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the payment provider was closed"));
    await this.idle();
  }

  #settle(
    operation: ScriptedOperation,
    request: VoidRequest,
    act: () => Promise<PaymentOutcome>,
  ): Promise<PaymentOutcome> {
    return this.#answer(async () => {
      const method = await this.#ledger.methodOf(request.authorizationKey);
      return this.#disturbed(PAYMENT_SCRIPTS[method ?? ""]?.[operation], request.key, act);
    });
  }

  async #disturbed(
    disturbance: Disturbance | undefined,
    key: string,
    act: () => Promise<PaymentOutcome>,
  ): Promise<PaymentOutcome> {
    if (disturbance === undefined || disturbance.kind === "decline") return act();
    if (disturbance.kind === "slow") {
      await this.#wait(disturbance.delayMs);
      return act();
    }
    if ((await this.#ledger.countAttempt(key)) >= disturbance.times) return act();
    if (disturbance.kind === "late") await this.#wait(this.#lateMs);
    if (disturbance.kind !== "lost_before") await act();
    return UNKNOWN;
  }

  #wait(delayMs: number): Promise<void> {
    return sleep(this.#clock, delayMs, this.#closing.signal);
  }

  // The work is raced against the time that a caller waits, not ended by it.
  async #answer(work: () => Promise<PaymentOutcome>): Promise<PaymentOutcome> {
    const waited = new AbortController();
    const tooLate = sleep(this.#clock, this.#timeoutMs, waited.signal).catch(() => undefined);
    const running = work();
    this.#underWay.add(running);
    const ended = running.finally(() => this.#underWay.delete(running));
    try {
      const answer = await Promise.race([ended, tooLate]);
      if (answer !== undefined) return answer;
    } finally {
      waited.abort();
    }
    ended.catch((error: unknown) =>
      this.#log.warn({ err: error }, "a payment request failed after its time was up"),
    );
    return UNKNOWN;
  }
}
